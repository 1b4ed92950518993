import type { Answer } from '../hooks.ts';
import type { Evaluation as Found } from '../types.ts';
import { Waiting } from '../ui.tsx';
import { Components } from './components.tsx';
import { Confusion } from './confusion.tsx';
import { Curves } from './curves.tsx';
import { Groups } from './groups.tsx';
import { Ranking } from './ranking.tsx';
import { Residuals } from './residuals.tsx';

/** Where a model errs, on the rows that it has not learnt from. */
export function Evaluation({ answer }: { answer: Answer<{ evaluation: Found | null }> }) {
  return (
    <Waiting answer={answer}>
      {({ evaluation }) =>
        evaluation ? (
          <section>
            <h2>Held-out rows</h2>
            {evaluation.confusion && <Confusion {...evaluation.confusion} />}
            {evaluation.curves && <Curves curves={evaluation.curves} />}
            {evaluation.residuals && <Residuals targets={evaluation.residuals} />}
            {evaluation.ranking && <Ranking ranking={evaluation.ranking} />}
            {evaluation.groups && <Groups groups={evaluation.groups} />}
            {evaluation.components && <Components shares={evaluation.components} />}
          </section>
        ) : (
          <p class="quiet">Where it errs is not known, or shown to the project's owner only.</p>
        )
      }
    </Waiting>
  );
}
