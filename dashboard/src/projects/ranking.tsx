import { useState } from 'preact/hooks';
import { get, post } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import { shown, time } from '../shown.ts';
import type { RankedModel } from '../types.ts';
import { Action, Button, Table, Waiting } from '../ui.tsx';

const PAGE = 50;

interface Page {
  total: number;
  models: RankedModel[];
}

function columns(project: string, models: RankedModel[], again: () => Promise<void>) {
  const best = Math.max(...models.map((row) => row.score ?? 0), 0);
  const deploy = (row: RankedModel) => async () => {
    await post('/api/deploy', { id: row.id });
    await again();
  };
  return [
    { name: 'rank', of: (row: RankedModel) => row.rank, number: true },
    {
      name: 'model',
      of: (row: RankedModel) => (
        <a href={`#/model/${row.id}`}>
          {row.algorithm} {row.id}
        </a>
      ),
    },
    { name: models[0]?.key_metric || 'score', of: (row: RankedModel) => shown(row.score), number: true },
    {
      name: 'compared',
      of: (row: RankedModel) =>
        row.score !== null && row.score > 0 && best > 0 ? (
          <meter min={0} max={best} value={row.score} aria-label={`score ${shown(row.score)}`} />
        ) : null,
    },
    { name: 'status', of: (row: RankedModel) => row.status },
    { name: 'trained', of: (row: RankedModel) => time(row.created_at) },
    {
      name: 'deployment',
      of: (row: RankedModel) => {
        if (row.deployed) return <span class="badge good">answers</span>;
        if (row.status !== 'successful') return null;
        return (
          <Action
            label="Deploy"
            title={`Deploy model ${row.id}`}
            question={`Model ${row.id} (${row.algorithm}) answers for ${project} from then on.`}
            run={deploy(row)}
          />
        );
      },
    },
  ];
}

function Pager({ total, page, go }: { total: number; page: number; go: (page: number) => void }) {
  const last = Math.ceil(total / PAGE) - 1;
  return (
    <nav class="buttons" aria-label="Pages of models">
      <Button off={page === 0} onClick={() => go(0)}>
        Best
      </Button>
      <Button off={page === 0} onClick={() => go(page - 1)}>
        Better ones
      </Button>
      <span role="status">
        {shown(page * PAGE + 1)} to {shown(Math.min(total, (page + 1) * PAGE))} of {shown(total)}
      </span>
      <Button off={page >= last} onClick={() => go(page + 1)}>
        Further ones
      </Button>
      <Button off={page >= last} onClick={() => go(last)}>
        Last
      </Button>
    </nav>
  );
}

/** Models, the best first, a page at a time: a project may have thousands. */
export function Ranking({ project, changed }: { project: string; changed: number }) {
  const [page, setPage] = useState(0);
  const answer = useAnswer(
    () => get<Page>('/api/models', { project, limit: PAGE, offset: page * PAGE }),
    [project, page, changed],
  );
  return (
    <Waiting answer={answer}>
      {({ total, models }) => (
        <>
          <Table caption={`${shown(total)} models`} columns={columns(project, models, answer.again)} rows={models} />
          {total > PAGE && <Pager total={total} page={page} go={setPage} />}
        </>
      )}
    </Waiting>
  );
}
