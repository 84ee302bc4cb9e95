import sys

from .run_step import main

if __name__ == "__main__":
    if sys.argv[1:2] == ["--warm"]:
        from .warm import serve_forks

        end = serve_forks(sys.argv[2], sys.argv[3:])
        if end is None:
            sys.exit()
        code = main()
        end(code)
        sys.exit(code)
    if sys.argv[1:2] == ["--pooled"]:
        from .pooled import wait_for_step

        end = wait_for_step(sys.argv[2])
        code = main()
        end(code)
        sys.exit(code)
    sys.exit(main())
