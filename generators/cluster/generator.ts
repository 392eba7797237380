import { clusterGenerator } from "../../scaffold/cluster.ts";
import { yeomanGenerator } from "../file-generator.ts";

export default yeomanGenerator(clusterGenerator);
