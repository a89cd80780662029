"""`python -m spotfi_cloud.entrypoints.api.document`: the OpenAPI document on standard output, without settings or database.

The dashboard's types are made from it, so that an API change that breaks the dashboard fails `make check`.
"""

import json
import sys

from spotfi_cloud.entrypoints.api.app import bare_app


def main() -> None:
    """Print the document."""
    json.dump(bare_app().openapi(), sys.stdout, indent=1, sort_keys=True)


if __name__ == "__main__":
    main()
