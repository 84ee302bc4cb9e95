import sys

from .propose import main

if __name__ == "__main__":
    sys.exit(main())
