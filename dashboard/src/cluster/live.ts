import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../api.ts';
import { usePolling } from '../hooks.ts';
import type { Row } from '../types.ts';

const EVERY = 2000;
const KEPT = 150;

/** What the console shows, from one moment. */
export interface Overview {
  at: number;
  state: Row[];
  pools: Row[];
  databases: Row[];
  replication: Row[];
  shards: Row[];
  bans: Row[];
  stats: Row[];
  trainings: Row[];
}

export interface LivePoint {
  at: number;
  throughput: [number, number];
  latency: [number, number];
  clients: [number, number];
}

const sum = (rows: Row[], name: string): number => rows.reduce((all, row) => all + (row[name] || 0), 0);
const most = (rows: Row[], name: string): number => rows.reduce((all, row) => Math.max(all, row[name] || 0), 0);

/** One point of the charts, from two answers that follow each other. */
function point(before: Overview, after: Overview): LivePoint {
  const seconds = (after.at - before.at) / 1000;
  const rate = (name: string) => Math.max(0, (sum(after.stats, name) - sum(before.stats, name)) / seconds);
  const waiting = sum(after.pools, 'cl_waiting');
  return {
    at: after.at / 1000,
    throughput: [rate('total_query_count'), rate('total_xact_count')],
    latency: [most(after.stats, 'query_p50') / 1000, most(after.stats, 'query_p99') / 1000],
    clients: [sum(after.pools, 'cl_active') + waiting, waiting],
  };
}

interface Live {
  answer?: Overview;
  points: LivePoint[];
  error?: unknown;
}

export function useLive() {
  const [live, setLive] = useState<Live>({ points: [] });
  const last = useRef<Overview | null>(null);
  const ask = async () => {
    try {
      const answer = { ...(await get<Omit<Overview, 'at'>>('/api/cluster')), at: Date.now() };
      const before = last.current;
      last.current = answer;
      setLive((old) => ({
        answer,
        points: before ? [...old.points, point(before, answer)].slice(-KEPT) : old.points,
      }));
    } catch (error) {
      setLive((old) => ({ ...old, error }));
    }
  };
  useEffect(() => {
    ask();
  }, []);
  usePolling(ask, EVERY);
  return { ...live, ask };
}

/** As the charts take it: times, and two lines. */
export const lines = (points: LivePoint[], name: 'throughput' | 'latency' | 'clients') => [
  points.map((each) => each.at),
  points.map((each) => each[name][0]),
  points.map((each) => each[name][1]),
];
