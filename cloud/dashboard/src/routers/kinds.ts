/** The kinds of NAS, as choices of a form or filter. */
import type { Router } from "../api/types";

const KINDS: readonly Router["nas_kind"][] = ["agent", "uspot", "coovachilli", "opennds", "mikrotik", "generic"];

export const NAS_KINDS = KINDS.map((id) => ({ id, name: `routers.kind.${id}` }));
