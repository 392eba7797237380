import { workloadGenerator } from "../../scaffold/new/workload.ts";
import { yeomanGenerator } from "../file-generator.ts";

export default yeomanGenerator(workloadGenerator);
