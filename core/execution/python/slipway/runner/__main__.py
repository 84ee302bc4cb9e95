import sys

from .run_step import main

if __name__ == "__main__":
    sys.exit(main())
