"""The Makefile for OpenWrt's build system makes the same package as our own builder.

The build system itself is not here; its two include files are stood in for by the few definitions that the Makefile uses, with
the meaning they have in OpenWrt's rules.mk and include/package.mk.
"""

import subprocess
from pathlib import Path

import pytest

from spotfi_package.hooks import RESTART_AFTER_UPGRADE
from spotfi_package.metadata import CONFFILES, DEPENDS, RELEASE, agent_version
from spotfi_package.tree import package_tree

RULES = """\
INCLUDE_DIR:=$(TOPDIR)/include
INSTALL_BIN:=install -m0755
INSTALL_DIR:=install -d -m0755
INSTALL_DATA:=install -m0644
INSTALL_CONF:=install -m0600
CP:=cp -fpR
"""
PACKAGE = """\
define Report
$(info version=$(PKG_VERSION)) $(info release=$(PKG_RELEASE)) $(info architecture=$(PKGARCH)) $(info depends=$(DEPENDS))
$(info conffiles=$(Package/$(1)/conffiles))
$(info postinst=$(Package/$(1)/postinst))
endef
define BuildPackage
$(eval $(Package/$(1)))
$(call Report,$(1))
define recipe
$(call Package/$(1)/install,$(DESTINATION))
endef
install: ; $$(recipe)
endef
"""


@pytest.fixture(scope="module")
def build_system(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("buildsystem")
    (folder / "include").mkdir()
    (folder / "rules.mk").write_text(RULES)
    (folder / "include" / "package.mk").write_text(PACKAGE)
    return folder


@pytest.fixture(scope="module")
def installed(build_system: Path, repository: Path) -> tuple[Path, dict[str, str]]:
    """Where the recipe put the files, and what the Makefile says of the package."""
    root = build_system / "root"
    command = ["make", "-s", "-C", str(repository / "openwrt-package" / "spotfi-agent"), "install"]
    settings = [f"TOPDIR={build_system}", f"DESTINATION={root}"]
    done = subprocess.run([*command, *settings], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return root, dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def test_it_installs_the_same_tree(installed: tuple[Path, dict[str, str]], repository: Path) -> None:
    root, _ = installed
    found = {
        path.relative_to(root).as_posix(): (path.stat().st_mode & 0o7777, None if path.is_dir() else path.read_bytes())
        for path in root.rglob("*")
    }
    assert found == {entry.path: (entry.mode, entry.content) for entry in package_tree(repository)}


def test_it_says_the_same_of_the_package(installed: tuple[Path, dict[str, str]], repository: Path) -> None:
    _, said = installed
    assert said["version"].strip() == agent_version(repository)
    assert said["release"].strip() == str(RELEASE)
    assert said["architecture"].strip() == "all"
    assert [name.removeprefix("+") for name in said["depends"].split()] == list(DEPENDS)
    assert said["conffiles"].split() == list(CONFFILES)


def test_it_takes_the_same_step_after_an_upgrade(repository: Path) -> None:
    makefile = (repository / "openwrt-package" / "spotfi-agent" / "Makefile").read_text()
    assert RESTART_AFTER_UPGRADE.replace("$", "$$") in makefile
