// What the API answers; /api/openapi.json describes the requests.

export interface Who {
  database: string;
  user: string;
}

export interface Session {
  token: string | null;
  console: Who | null;
  database: Who | null;
}

export interface Fault {
  sqlstate?: string;
  message: string;
  detail?: string;
  hint?: string;
  where?: string;
  position?: number;
}

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Row = Record<string, any>;

export interface ResultTable {
  columns: { name: string; type: number }[];
  rows: Value[][];
  tag: string;
  more: boolean;
}

export interface ProjectRow {
  id: number;
  name: string;
  task: string;
  models: number;
  deployed_model: number | null;
  deployed_algorithm: string | null;
  deployed_at: string | null;
  owner: string | null;
}

export interface RankedModel {
  rank: number;
  id: number;
  algorithm: string;
  status: string;
  key_metric: string;
  score: number | null;
  deployed: boolean;
  created_at: string;
}

export interface Statistics {
  min: number | null;
  max: number | null;
  mean: number | null;
  median: number | null;
  std_dev: number | null;
  missing: number;
  distinct: number;
  outliers_below?: number;
  outliers_above?: number;
  histogram?: number[];
  ventiles?: (number | null)[];
  categories?: Record<string, { value: number; members: number }> | null;
}

export interface SnapshotColumn {
  name: string;
  pg_type: string;
  label: boolean;
  array: boolean;
  statistics: Statistics | null;
  associations?: Record<string, { measure: string; strength: number | null }>;
}

export interface ModelDetail {
  id: number;
  algorithm: string;
  status: string;
  project: string;
  task: string;
  deployed: boolean;
  created_at: string;
  snapshot: number | null;
  relation: string | null;
  targets: string[] | null;
  test_size: number;
  test_sampling: string;
  columns: SnapshotColumn[] | null;
  metrics: Record<string, any> | null;
  hyperparams: Record<string, Value> | null;
  search: string | null;
}

export interface SnapshotRow {
  id: number;
  relation: string;
  targets: string[] | null;
  rows: number | null;
  models: number;
  status: string;
  created_at: string;
}

export interface SnapshotDetail {
  id: number;
  relation: string;
  targets: string[] | null;
  test_size: number;
  test_sampling: string;
  status: string;
  created_at: string;
  materialized: boolean;
  bytes: number | null;
  columns: SnapshotColumn[] | null;
  analysis: { samples?: number; seed?: number } | null;
  models: { id: number; algorithm: string; project: string; status: string }[];
}

/** Threshold, recall, false alarms, precision. */
export type CurvePoint = [number, number, number, number];

export interface ClassCurve {
  label: string;
  members: number;
  others: number;
  roc_auc: number;
  average_precision: number;
  points: CurvePoint[];
  calibration: { rows: number; predicted: number; observed: number }[];
}

export interface TargetResiduals {
  target: string;
  low: number;
  high: number;
  histogram: number[];
  bands: { rows: number; predicted: number; actual: number; quantiles: number[] }[];
}

/** What is among the first rows of ranked groups. */
export interface Ranking {
  groups: number;
  places: { place: number; ndcg: number; precision: number; recall: number }[];
  histogram: number[];
}

export interface Evaluation {
  confusion?: { labels: string[]; counts: number[][] };
  curves?: ClassCurve[];
  residuals?: TargetResiduals[];
  components?: number[];
  ranking?: Ranking;
  groups?: { group: number; rows: number }[];
}

export interface RelationRow {
  relation: string;
  kind: string;
  rows: number | null;
}

export interface ColumnInfo {
  name: string;
  type: string;
  nullable: boolean;
}

export interface RelationDetail {
  relation: string;
  columns: ColumnInfo[];
  sample: ResultTable;
}

export interface AnalysedColumn {
  name: string;
  type: string;
  kind: 'number' | 'flag' | 'time' | 'array' | 'text';
  rows: number;
  missing: number;
  distinct?: number;
  min?: number | null;
  max?: number | null;
  mean?: number | null;
  std_dev?: number | null;
  quartiles?: number[] | null;
  outliers_below?: number;
  outliers_above?: number;
  correlation?: number | null;
  histogram?: number[];
  frequent?: { value: string; rows: number; target_mean: number | null }[];
}

export interface Analysis {
  relation: string;
  sampled: boolean;
  rows: number;
  columns: AnalysedColumn[];
}

export interface AlgorithmInfo {
  name: string;
  missing: boolean;
  tasks: string[];
}

export interface Hyperparameter {
  name: string;
  aliases: string[];
  kind: 'whole' | 'real' | 'flag' | 'choice' | 'json';
  choices: string[];
  min: number | null;
  max: number | null;
  nullable: boolean;
  domain: string;
  /** What counts if it is not given; nothing if that depends on the rows. */
  default?: Value;
}

export interface TrainingStep {
  algorithm: string;
  state: string;
  model: number | null;
  phase: string;
  round: number;
  rounds: number;
  error?: Fault;
}

export interface TrainingState {
  id: number;
  project: string;
  task: string;
  state: string;
  cancelled: boolean;
  steps: TrainingStep[];
  messages: string[];
}
