import { workloadGenerator } from "../../scaffold/workload.ts";
import { yeomanGenerator } from "../file-generator.ts";

export default yeomanGenerator(workloadGenerator);
