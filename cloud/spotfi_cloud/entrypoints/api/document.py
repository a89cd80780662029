"""`python -m spotfi_cloud.entrypoints.api.document`: the OpenAPI document on standard output, without settings or database.

The dashboard's types are made from it, so that an API change that breaks the dashboard fails `make check`.
"""

import json
import sys

from spotfi_cloud.entrypoints.api.app import bare_app


def written() -> str:
    """The document as JSON."""
    return json.dumps(bare_app().openapi(), indent=1, sort_keys=True)


def main() -> None:
    """Print the document."""
    sys.stdout.write(written())


if __name__ == "__main__":
    main()
