/** The texts of this language, in one file of the build. */
import { type Messages, treeOf } from "./index";

export default treeOf(import.meta.glob<Messages>("./pt/*.json", { eager: true, import: "default" }));
