import type { Node } from "yaml";
import { isScalar } from "yaml";
import { USE_EXISTING_SECRET, USE_VALUES_FROM } from "./mends.ts";
import type { Reading } from "./reading.ts";
import { readValues } from "./values.ts";

/**
 * `values` of a HelmRelease, Helm values files, `valuesInline` of a kustomization, `valuesContent` of k3s's
 * HelmChart, values and parameters of an Argo CD Application.
 */
export function readHelmValues(
  reading: Reading,
  root: Node | null,
  kind: string | null,
  isValuesFile: boolean,
): void {
  const { mappings } = reading;
  if (kind === null && isValuesFile) readValues(reading, root, USE_VALUES_FROM);
  if (kind === "HelmRelease") {
    readValues(reading, mappings.at(root, "spec", "values"), USE_VALUES_FROM);
  }
  if (kind === "HelmChart" || kind === "HelmChartConfig") {
    readValuesInText(reading, mappings.at(root, "spec", "valuesContent"));
    readValues(reading, mappings.at(root, "spec", "set"), USE_EXISTING_SECRET);
  }
  if (kind === "Application") readArgoSources(reading, mappings.at(root, "spec"));
  if (kind === "ApplicationSet") {
    readArgoSources(reading, mappings.at(root, "spec", "template", "spec"));
  }
  for (const chart of mappings.items(mappings.at(root, "helmCharts"))) {
    readValues(reading, mappings.at(chart, "valuesInline"), USE_VALUES_FROM);
  }
}

/** Values of a chart that stand as text in another object. */
function readValuesInText(outer: Reading, text: Node | null): void {
  for (const { reading, root } of isScalar(text) ? outer.within(text) : []) {
    readValues(reading, root, USE_EXISTING_SECRET);
  }
}

/** @see https://argo-cd.readthedocs.io/en/stable/user-guide/helm/ */
function readArgoSources(reading: Reading, spec: Node | null): void {
  const { mappings } = reading;
  const sources = [mappings.at(spec, "source"), ...mappings.items(mappings.at(spec, "sources"))];
  for (const source of sources) {
    const helm = mappings.at(source, "helm");
    readValuesInText(reading, mappings.at(helm, "values"));
    readValues(reading, mappings.at(helm, "valuesObject"), USE_EXISTING_SECRET);
    readValues(reading, mappings.at(helm, "parameters"), USE_EXISTING_SECRET);
  }
}
