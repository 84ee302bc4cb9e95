import sys

from .run_step import main

if __name__ == "__main__":
    if sys.argv[1:2] == ["--warm"]:
        from .warm import serve_forks

        if serve_forks(sys.argv[2]):
            sys.exit()
    sys.exit(main())
