"""The scripts that opkg and apk run around installation, upgrade and removal.

OpenWrt's own `default_postinst` and `default_prerm` do the work: they run uci-defaults, enable, start, stop and disable the
service. One thing they leave undone: with apk nothing stops the service before an upgrade, so the old program would run on;
our own step after them starts it anew. The feed Makefile holds the same step.
"""

from spotfi_package.metadata import NAME

_GUARD = """\
[ "${IPKG_NO_SCRIPT}" = "1" ] && exit 0
[ -s "${IPKG_INSTROOT}/lib/functions.sh" ] || exit 0
. "${IPKG_INSTROOT}/lib/functions.sh"
"""

_APK_NAMES = f"""\
export root="${{IPKG_INSTROOT}}"
export pkgname="{NAME}"
"""

RESTART_AFTER_UPGRADE = f"""\
[ -n "${{IPKG_INSTROOT}}" ] || [ "${{PKG_UPGRADE}}" != "1" ] || /etc/init.d/{NAME} restart
"""


def ipk_scripts() -> dict[str, str]:
    """File name in control.tar.gz → script. `postinst-pkg` is what `default_postinst` sources before it starts the service."""
    return {
        "postinst": f'#!/bin/sh\n{_GUARD}default_postinst "$0" "$@"\n',
        "postinst-pkg": f"#!/bin/sh\n{RESTART_AFTER_UPGRADE}",
        "prerm": f'#!/bin/sh\n{_GUARD}default_prerm "$0" "$@"\n',
    }


def apk_scripts() -> dict[str, str]:
    """Name of apk's phase → script. For an upgrade apk runs `post-upgrade` alone, with nothing before it."""
    install = f"{_GUARD}{_APK_NAMES}add_group_and_user\ndefault_postinst\n{RESTART_AFTER_UPGRADE}exit 0\n"
    return {
        "post-install": f"#!/bin/sh\n{install}",
        "post-upgrade": f"#!/bin/sh\nexport PKG_UPGRADE=1\n{install}",
        "pre-deinstall": f"#!/bin/sh\n{_GUARD}{_APK_NAMES}default_prerm\n",
    }
