/** Something that is done to the API at a click: one at a time, failures told, and what it changed read again. */
import { useState } from "react";
import { useNotify, useRefresh } from "react-admin";

import { messageOf } from "../api/problems";

/** `done`: translation key of what is said when it worked. */
export function useDoing(): { busy: boolean; run: (work: () => Promise<unknown>, done?: string) => Promise<boolean> } {
  const notify = useNotify();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<unknown>, done?: string) => {
    setBusy(true);
    try {
      await work();
      if (done !== undefined) notify(done, { type: "success" });
      refresh();
      return true;
    } catch (error) {
      notify(messageOf(error), { type: "error" });
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, run };
}
