/** One form's way to the API: what it refused goes to its fields, or is said as a sentence. */
import { useState } from "react";
import { useRefresh } from "react-admin";
import type { FieldValues } from "react-hook-form";

import { ApiProblem } from "../api/problems";

interface Submission {
  /** For react-admin's forms; the answer is the fields that are wrong. */
  onSubmit: (values: FieldValues) => Promise<Record<string, unknown>>;
  error: unknown;
  isPending: boolean;
}

/** Sends a form by `send`, reads all that is shown again, and goes on by `done`. */
export function useSubmission(send: (values: FieldValues) => Promise<unknown>, done: () => void): Submission {
  const refresh = useRefresh();
  const [error, setError] = useState<unknown>(null);
  const [isPending, setPending] = useState(false);
  const onSubmit = async (values: FieldValues) => {
    setError(null);
    setPending(true);
    try {
      await send(values);
    } catch (problem) {
      setError(problem);
      return problem instanceof ApiProblem ? ((problem.body as { errors?: Record<string, unknown> }).errors ?? {}) : {};
    } finally {
      setPending(false);
    }
    refresh();
    done();
    return {};
  };
  return { onSubmit, error, isPending };
}
