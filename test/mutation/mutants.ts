import ts from "typescript";

/** One change of a source file, in a place that a test should hold. */
export interface Mutant {
  readonly start: number;
  readonly end: number;
  readonly by: string;
  /** 1-based. */
  readonly line: number;
  /** The line as it stands. */
  readonly text: string;
  /** What becomes what in it: `< b → <= b`. */
  readonly change: string;
}

const OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.QuestionQuestionToken, "&&"],
  [ts.SyntaxKind.PlusToken, "-"],
  [ts.SyntaxKind.MinusToken, "+"],
  [ts.SyntaxKind.AsteriskToken, "+"],
  [ts.SyntaxKind.SlashToken, "*"],
  [ts.SyntaxKind.PercentToken, "*"],
]);

const METHODS: ReadonlyMap<string, string> = new Map([
  ["some", "every"],
  ["every", "some"],
]);

/** A statement left out. */
const NOTHING = ";";

/** A text that no code knows. */
const OTHER_TEXT = '"~"';

/** Changes a node; `behind` follows it, and is shown with it. */
type Change = (node: ts.Node, by: string, behind?: ts.Node) => void;

/** Every change of a TypeScript source text that is tried, in the order of their places. */
export function mutantsOf(source: string): readonly Mutant[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const lines = source.split("\n");
  const mutants: Mutant[] = [];
  const change: Change = (node, by, behind) => {
    const [start, end] = [node.getStart(file), node.getEnd()];
    const line = file.getLineAndCharacterOfPosition(start).line;
    const more = behind === undefined ? "" : source.slice(end, behind.getEnd());
    const what = `${source.slice(start, end)}${more} → ${by === NOTHING ? "nothing" : by}${more}`;
    mutants.push({
      ...{ start, end, by, line: line + 1, text: lines[line]?.trim() ?? "" },
      change: what.replace(/\s+/g, " "),
    });
  };
  const visit = (node: ts.Node): void => {
    if (isDeclaration(node)) return;
    changes(node, change);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return mutants.sort((one, other) => one.start - other.start);
}

/** What does nothing when the program runs. */
function isDeclaration(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
  );
}

function changes(node: ts.Node, change: Change): void {
  if (ts.isBinaryExpression(node)) {
    const other =
      joinsTexts(node) || isDecided(node) ? undefined : OPERATORS.get(node.operatorToken.kind);
    if (other !== undefined) change(node.operatorToken, other, node.right);
  }
  if (ts.isIfStatement(node)) {
    const other = passedOn(node.expression);
    if (other !== "true") change(node.expression, "true");
    if (other !== "false") change(node.expression, "false");
  }
  if (ts.isConditionalExpression(node)) {
    change(node.condition, "true");
    change(node.condition, "false");
  }
  if (ts.isExpressionStatement(node) && !isSuper(node.expression)) change(node, NOTHING);
  if (ts.isThrowStatement(node) && !ts.isIdentifier(node.expression)) change(node, NOTHING);
  if (ts.isBreakOrContinueStatement(node)) change(node, NOTHING);
  if (node.kind === ts.SyntaxKind.TrueKeyword) change(node, "false");
  if (node.kind === ts.SyntaxKind.FalseKeyword) change(node, "true");
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    change(node, node.operand.getText());
  }
  if (ts.isPropertyAccessExpression(node) && ts.isCallExpression(node.parent)) {
    const other = METHODS.get(node.name.text);
    if (other !== undefined) change(node.name, other);
  }
  if (ts.isNumericLiteral(node)) change(node, String(Number(node.text.replaceAll("_", "")) + 1));
  if (isText(node) && !isWords(node)) change(node, OTHER_TEXT);
  if (ts.isRegularExpressionLiteral(node)) {
    const pattern = node.getText();
    if (pattern.startsWith("/^")) change(node, `/${pattern.slice(2)}`);
    if (/\$\/\w*$/.test(pattern)) change(node, pattern.replace(/\$(?=\/\w*$)/, ""));
  }
}

/**
 * What a condition about an error would be where each error is one that is looked for. Others are passed on:
 * they are mistakes in the program, which no test has.
 */
function passedOn(condition: ts.Expression): "true" | "false" | null {
  const text = condition.getText();
  if (/^error instanceof \w+$/.test(text)) return "true";
  return /^!\(error instanceof \w+\)$/.test(text) ? "false" : null;
}

function isSuper(node: ts.Expression): boolean {
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword;
}

/** A comparison that is a whole condition, which is tried as true and as false. */
function isDecided({ parent, operatorToken: { kind } }: ts.BinaryExpression): boolean {
  const isEquality =
    kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsEqualsToken;
  return isEquality && (ts.isIfStatement(parent) || ts.isConditionalExpression(parent));
}

function joinsTexts(node: ts.BinaryExpression): boolean {
  return (
    node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    (ts.isStringLiteralLike(node.left) || ts.isStringLiteralLike(node.right))
  );
}

function isText(node: ts.Node): boolean {
  return (ts.isStringLiteralLike(node) && node.text !== "") || ts.isTemplateExpression(node);
}

/** Text with a space in it is for people: the tests need not hold it to the letter. */
function isWords(node: ts.Node): boolean {
  const literals = ts.isTemplateExpression(node)
    ? [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)]
    : [(node as ts.StringLiteralLike).text];
  return literals.some((text) => text.includes(" "));
}
