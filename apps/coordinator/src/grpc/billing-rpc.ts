import type {
  handleBidiStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerDuplexStream,
  ServerUnaryCall,
} from '@grpc/grpc-js';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import {
  BILLING_SERVICE,
  OPERATIONS_SERVICE,
  type BillingHandlers,
  type OperationsHandlers,
  type Rpcs,
} from '@billing/contracts';

/** What Nest calls for an rpc. */
type Method<Handler> =
  Handler extends handleUnaryCall<infer Request, infer Response>
    ? (
        request: Request,
        metadata: Metadata,
        call: ServerUnaryCall<unknown, unknown>,
      ) => Promise<Response>
    : Handler extends handleBidiStreamingCall<infer Request, infer Response>
      ? (call: ServerDuplexStream<Request, Response>) => void
      : never;

/** Fits onto a method that takes and answers what the proto says, and onto no other. */
type Decorator<Expected> = <Actual extends Expected>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<Actual>,
) => void;

type Billing = Rpcs<BillingHandlers>;
type Operations = Rpcs<OperationsHandlers>;

/** Nest's decorators take any text, and a service without its method says UNIMPLEMENTED; these are checked. */
export function BillingRpc<Name extends keyof Billing>(
  name: Name,
): Decorator<Method<Billing[Name]>> {
  return GrpcMethod(BILLING_SERVICE, name);
}

export function OperationsRpc<Name extends keyof Operations>(
  name: Name,
): Decorator<Method<Operations[Name]>> {
  return GrpcMethod(OPERATIONS_SERVICE, name);
}

/** The method is given the call itself, to read and write as it likes. */
export function BillingStreamRpc<Name extends keyof Billing>(
  name: Name,
): Decorator<Method<Billing[Name]>> {
  return GrpcStreamCall(BILLING_SERVICE, name);
}
