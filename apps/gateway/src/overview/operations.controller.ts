import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { Client } from '@billing/auth';
import { Database, listAuditFaults, listAuditRuns, listMoneyOfDeleted } from '@billing/database';
import { IsIn } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../http/access.js';
import { RequestClient } from '../http/request-client.js';
import { showAudit } from '../audit/audit-operations.js';
import { describeAudit, describeMoneyOfDeleted, type auditView } from '../audit/audit.view.js';
import type { View } from '../http/field-schemas.js';
import { historyMetrics, STEP_MS, type HistoryMetric } from './history-ring.js';
import type { NodeSnapshot } from './node-snapshot.js';
import type { historyView, nodeHistoryView, overviewView } from './node-snapshot.view.js';
import * as operations from './overview-operations.js';
import { Overview, viewerOf } from './overview.js';
import { OverviewStreams } from './overview-streams.js';

class HistoryQuery {
  @IsIn(historyMetrics, { message: `must be one of ${historyMetrics.join(', ')}` })
  metric!: HistoryMetric;
}

const AUDIT_FAULTS_MAX = 200;
const MONEY_OF_DELETED_MAX = 200;

/** What operators watch. */
@Controller('v1/operations')
export class OperationsController {
  constructor(
    private readonly overview: Overview,
    private readonly streams: OverviewStreams,
    private readonly database: Database,
  ) {}

  /** This datacenter alone; other datacenters' gateways ask it. */
  @Get('node')
  @Access('operator:read', { operation: operations.showNode })
  node(@Req() request: FastifyRequest): NodeSnapshot {
    return this.overview.node(viewerOf(request));
  }

  @Get('node/history')
  @Access('operator:read', { operation: operations.showNodeHistory })
  nodeHistory(@Query() { metric }: HistoryQuery): View<typeof nodeHistoryView> {
    const { readings } = this.overview;
    return {
      node: readings.nodeId,
      metric,
      since: readings.startedAt.toISOString(),
      stepSeconds: STEP_MS / 1_000,
      points: readings.history.points(metric),
    };
  }

  @Get('overview')
  @Access('operator:read', { operation: operations.showOverview })
  all(@Req() request: FastifyRequest): Promise<View<typeof overviewView>> {
    return this.overview.ask(viewerOf(request));
  }

  @Get('overview/stream')
  @Access('operator:read', { stream: true, operation: operations.watchOverview })
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.streams.open(request, reply);
  }

  @Get('history')
  @Access('operator:read', { operation: operations.showHistory })
  async history(
    @Query() { metric }: HistoryQuery,
    @Req() request: FastifyRequest,
  ): Promise<View<typeof historyView>> {
    const path = `/v1/operations/node/history?metric=${metric}`;
    const own = this.nodeHistory({ metric });
    const answers = await this.overview.history(path, request.headers.authorization ?? '');
    const series = answers.map((peer) => ({
      node: peer.node,
      fault: peer.failure ?? null,
      ...(peer.answer as Omit<View<typeof nodeHistoryView>, 'node'> | undefined),
    }));
    series.push({ fault: null, ...own });
    return { metric, stepSeconds: STEP_MS / 1_000, series: series.sort((a, b) => a.node - b.node) };
  }

  /** What this datacenter's auditor has found, ended findings too, how far it is, and what deleted accounts have. */
  @Get('audit')
  @Access('operator:read', { operation: showAudit })
  async audit(@RequestClient() { tenants }: Client): Promise<View<typeof auditView>> {
    const [faults, runs, moneyOfDeleted] = await Promise.all([
      listAuditFaults(this.database, true, AUDIT_FAULTS_MAX, tenants),
      listAuditRuns(this.database),
      listMoneyOfDeleted(this.database, MONEY_OF_DELETED_MAX, tenants),
    ]);
    const { nodeId } = this.overview.readings;
    return {
      node: nodeId,
      ...describeAudit(faults, runs),
      ...describeMoneyOfDeleted(moneyOfDeleted),
    };
  }
}
