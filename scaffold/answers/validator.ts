/** What is wrong with an answer, as the prompts of the terminal and of Yeoman want to be told. */
export function validator(problem: (answer: string) => string | null) {
  return (answer: string) => {
    const wrong = problem(answer);
    return wrong === null ? true : `It ${wrong}`;
  };
}
