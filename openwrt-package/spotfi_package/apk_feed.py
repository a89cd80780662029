"""The index of an apk feed: packages.adb, an ADB of the packages' infos, signed. A trusted index makes its packages trusted."""

from spotfi_package.adb import ADB_BLOCK, SIGNATURE_BLOCK, Database, block, container
from spotfi_package.apk import ApkPackage, info_fields
from spotfi_package.apk_key import ApkKey
from spotfi_package.metadata import Metadata

SCHEMA = b"indx"
FILE_NAME = "packages.adb"
_FILE_SIZE_SLOT = 13


def build_index(package: ApkPackage, metadata: Metadata, key: ApkKey) -> bytes:
    """The index of a feed that holds this one package."""
    database = Database()
    info = info_fields(database, metadata, package.installed_bytes, database.blob(package.identity))
    info[_FILE_SIZE_SLOT] = database.integer(len(package.file))
    description = database.text("SpotFi")
    adb = bytes(database.finish(database.object({1: description, 2: database.array([database.object(info)])})))
    return container(SCHEMA, [block(ADB_BLOCK, adb), block(SIGNATURE_BLOCK, key.sign(SCHEMA, adb))])
