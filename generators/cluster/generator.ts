import { clusterGenerator } from "../../scaffold/new/cluster.ts";
import { yeomanGenerator } from "../file-generator.ts";

export default yeomanGenerator(clusterGenerator);
