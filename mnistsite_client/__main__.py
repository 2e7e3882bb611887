"""`python -m mnistsite_client`."""

import sys

from mnistsite_client.command import main

if __name__ == "__main__":
    sys.exit(main())
