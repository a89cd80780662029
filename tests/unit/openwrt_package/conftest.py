"""One build of the packages for all tests of this folder, made from the checkout with keys of its own."""

from pathlib import Path

import pytest

from spotfi_package.__main__ import Options, build
from tests.unit.openwrt_package.readers import read_ipk

REPOSITORY = Path(__file__).parents[3]
BUILT_AT = 1_767_225_600


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def options(tmp_path_factory: pytest.TempPathFactory) -> Options:
    folder = tmp_path_factory.mktemp("openwrt")
    return Options(REPOSITORY, folder / "out", folder / "keys", None, None, BUILT_AT)


@pytest.fixture(scope="session")
def built(options: Options) -> dict[str, bytes]:
    """Path below the output directory → content."""
    return build(options)


@pytest.fixture(scope="session")
def ipk(built: dict[str, bytes]) -> bytes:
    return next(content for name, content in built.items() if name.endswith(".ipk"))


@pytest.fixture(scope="session")
def apk(built: dict[str, bytes]) -> bytes:
    return next(content for name, content in built.items() if name.endswith(".apk"))


@pytest.fixture(scope="session")
def router_root(ipk: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's files as they lie on a router."""
    root = tmp_path_factory.mktemp("router")
    for member in read_ipk(ipk).data:
        path = root / member.path
        if member.is_directory:
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(member.content)
        path.chmod(member.mode)
    return root
