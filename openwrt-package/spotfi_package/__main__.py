"""The build: `python -m spotfi_package --built-at SECONDS`, usually by `make -C openwrt-package`."""

import argparse
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

from spotfi_package import apk, apk_feed, ipk, opkg_feed
from spotfi_package.apk_key import ApkKey
from spotfi_package.errors import BuildError
from spotfi_package.feed_key import FeedKey
from spotfi_package.keys import load_key
from spotfi_package.metadata import Metadata, agent_version
from spotfi_package.tree import Entry, package_tree

HERE = Path(__file__).parents[1]
PUBLIC_FEED_KEY = "spotfi-feed.pub"
PUBLIC_APK_KEY = "spotfi-feed.pem"


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    repository: Path
    out: Path
    keys: Path
    feed_key: Path | None
    apk_key: Path | None
    built_at: int


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, or 2 after one sentence on what is wrong."""
    options = _parse(arguments)
    try:
        files = build(options)
        _write(options.out, files)
    except (BuildError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for name, content in sorted(files.items()):
        print(f"{len(content):>8}  {options.out / name}")
    return 0


def build(options: Options) -> dict[str, bytes]:
    """Path below the output directory → content."""
    metadata = Metadata(agent_version(options.repository), options.built_at)
    tree = package_tree(options.repository)
    feed_key = load_key(FeedKey, options.feed_key, options.keys / "feed.key")
    apk_key = load_key(ApkKey, options.apk_key, options.keys / "apk.pem")
    files = _opkg_files(tree, metadata, feed_key) | _apk_files(tree, metadata, apk_key)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return files | {"SHA256SUMS": sums.encode()}


def _opkg_files(tree: list[Entry], metadata: Metadata, key: FeedKey) -> dict[str, bytes]:
    name, package = ipk.file_name(metadata), ipk.build_ipk(tree, metadata)
    index = opkg_feed.build_feed({name: (ipk.control_stanza(tree, metadata), package)}, key)
    files = {name: package, PUBLIC_FEED_KEY: key.public_text().encode(), **index}
    return {f"opkg/{path}": content for path, content in files.items()}


def _apk_files(tree: list[Entry], metadata: Metadata, key: ApkKey) -> dict[str, bytes]:
    package = apk.build_apk(tree, metadata, key)
    index = apk_feed.build_index(package, metadata, key)
    files = {
        apk.file_name(metadata): package.file,
        PUBLIC_APK_KEY: key.public_text().encode(),
        apk_feed.FILE_NAME: index,
    }
    return {f"apk/{path}": content for path, content in files.items()}


def _write(out: Path, files: dict[str, bytes]) -> None:
    """Puts the files in place and takes away what an earlier build left beside them."""
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for folder in ("opkg", "apk"):
        for left in (out / folder).iterdir():
            if f"{folder}/{left.name}" not in files:
                left.unlink()


def _parse(arguments: list[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        prog="spotfi_package", description="Builds the SpotFi agent's OpenWrt packages and feeds."
    )
    parser.add_argument("--repository", type=Path, default=HERE.parent, help="the checkout to build from")
    parser.add_argument("--out", type=Path, default=HERE / "out", help="where packages and feeds go")
    parser.add_argument("--keys", type=Path, default=HERE / "keys", help="where keys made by the build are kept")
    parser.add_argument("--feed-key", type=Path, help="usign secret key of the opkg feed")
    parser.add_argument("--apk-key", type=Path, help="PEM of the P-256 key of the apk feed")
    parser.add_argument(
        "--built-at", type=int, required=True, help="Unix time for every file, such as SOURCE_DATE_EPOCH"
    )
    return Options(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    sys.exit(main())
