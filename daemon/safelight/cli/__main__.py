"""`python -m safelight.cli`."""

from safelight.cli import main

if __name__ == "__main__":
    main()
