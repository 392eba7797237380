import { secretGenerator } from "../../scaffold/new/secret.ts";
import { yeomanGenerator } from "../file-generator.ts";

export default yeomanGenerator(secretGenerator);
