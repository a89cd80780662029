/** Opens the search, from wherever there is a button for it. */
import { createContext } from "react";

export const SearchContext = createContext<() => void>(() => undefined);
