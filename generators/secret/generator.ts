import { secretGenerator } from "../../scaffold/secret.ts";
import { yeomanGenerator } from "../file-generator.ts";

export default yeomanGenerator(secretGenerator);
