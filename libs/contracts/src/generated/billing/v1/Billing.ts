// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  AccountStateResponseInput as _billing_v1_AccountStateResponseInput,
  AccountStateResponse as _billing_v1_AccountStateResponse,
} from '../../billing/v1/AccountStateResponse.js';
import type {
  AuthoriseHoldRequestInput as _billing_v1_AuthoriseHoldRequestInput,
  AuthoriseHoldRequest as _billing_v1_AuthoriseHoldRequest,
} from '../../billing/v1/AuthoriseHoldRequest.js';
import type {
  AuthoriseHoldResponseInput as _billing_v1_AuthoriseHoldResponseInput,
  AuthoriseHoldResponse as _billing_v1_AuthoriseHoldResponse,
} from '../../billing/v1/AuthoriseHoldResponse.js';
import type {
  CaptureHoldRequestInput as _billing_v1_CaptureHoldRequestInput,
  CaptureHoldRequest as _billing_v1_CaptureHoldRequest,
} from '../../billing/v1/CaptureHoldRequest.js';
import type {
  CaptureHoldResponseInput as _billing_v1_CaptureHoldResponseInput,
  CaptureHoldResponse as _billing_v1_CaptureHoldResponse,
} from '../../billing/v1/CaptureHoldResponse.js';
import type {
  CreateServiceRequestInput as _billing_v1_CreateServiceRequestInput,
  CreateServiceRequest as _billing_v1_CreateServiceRequest,
} from '../../billing/v1/CreateServiceRequest.js';
import type {
  DeleteAccountRequestInput as _billing_v1_DeleteAccountRequestInput,
  DeleteAccountRequest as _billing_v1_DeleteAccountRequest,
} from '../../billing/v1/DeleteAccountRequest.js';
import type {
  DeleteAccountResponseInput as _billing_v1_DeleteAccountResponseInput,
  DeleteAccountResponse as _billing_v1_DeleteAccountResponse,
} from '../../billing/v1/DeleteAccountResponse.js';
import type {
  ExtendHoldRequestInput as _billing_v1_ExtendHoldRequestInput,
  ExtendHoldRequest as _billing_v1_ExtendHoldRequest,
} from '../../billing/v1/ExtendHoldRequest.js';
import type {
  ExtendHoldResponseInput as _billing_v1_ExtendHoldResponseInput,
  ExtendHoldResponse as _billing_v1_ExtendHoldResponse,
} from '../../billing/v1/ExtendHoldResponse.js';
import type {
  FreezeAccountRequestInput as _billing_v1_FreezeAccountRequestInput,
  FreezeAccountRequest as _billing_v1_FreezeAccountRequest,
} from '../../billing/v1/FreezeAccountRequest.js';
import type {
  GetHoldRequestInput as _billing_v1_GetHoldRequestInput,
  GetHoldRequest as _billing_v1_GetHoldRequest,
} from '../../billing/v1/GetHoldRequest.js';
import type {
  GetHoldResponseInput as _billing_v1_GetHoldResponseInput,
  GetHoldResponse as _billing_v1_GetHoldResponse,
} from '../../billing/v1/GetHoldResponse.js';
import type {
  GetPayOutRequestInput as _billing_v1_GetPayOutRequestInput,
  GetPayOutRequest as _billing_v1_GetPayOutRequest,
} from '../../billing/v1/GetPayOutRequest.js';
import type {
  GetPayOutResponseInput as _billing_v1_GetPayOutResponseInput,
  GetPayOutResponse as _billing_v1_GetPayOutResponse,
} from '../../billing/v1/GetPayOutResponse.js';
import type {
  ListServicesRequestInput as _billing_v1_ListServicesRequestInput,
  ListServicesRequest as _billing_v1_ListServicesRequest,
} from '../../billing/v1/ListServicesRequest.js';
import type {
  ListServicesResponseInput as _billing_v1_ListServicesResponseInput,
  ListServicesResponse as _billing_v1_ListServicesResponse,
} from '../../billing/v1/ListServicesResponse.js';
import type {
  OpenAccountRequestInput as _billing_v1_OpenAccountRequestInput,
  OpenAccountRequest as _billing_v1_OpenAccountRequest,
} from '../../billing/v1/OpenAccountRequest.js';
import type {
  OpenAccountResponseInput as _billing_v1_OpenAccountResponseInput,
  OpenAccountResponse as _billing_v1_OpenAccountResponse,
} from '../../billing/v1/OpenAccountResponse.js';
import type {
  PayOutRequestInput as _billing_v1_PayOutRequestInput,
  PayOutRequest as _billing_v1_PayOutRequest,
} from '../../billing/v1/PayOutRequest.js';
import type {
  PayOutResponseInput as _billing_v1_PayOutResponseInput,
  PayOutResponse as _billing_v1_PayOutResponse,
} from '../../billing/v1/PayOutResponse.js';
import type {
  PayOutsRequestInput as _billing_v1_PayOutsRequestInput,
  PayOutsRequest as _billing_v1_PayOutsRequest,
} from '../../billing/v1/PayOutsRequest.js';
import type {
  PayOutsResponseInput as _billing_v1_PayOutsResponseInput,
  PayOutsResponse as _billing_v1_PayOutsResponse,
} from '../../billing/v1/PayOutsResponse.js';
import type {
  PreviewPayOutRequestInput as _billing_v1_PreviewPayOutRequestInput,
  PreviewPayOutRequest as _billing_v1_PreviewPayOutRequest,
} from '../../billing/v1/PreviewPayOutRequest.js';
import type {
  PreviewPayOutResponseInput as _billing_v1_PreviewPayOutResponseInput,
  PreviewPayOutResponse as _billing_v1_PreviewPayOutResponse,
} from '../../billing/v1/PreviewPayOutResponse.js';
import type {
  RefundCaptureRequestInput as _billing_v1_RefundCaptureRequestInput,
  RefundCaptureRequest as _billing_v1_RefundCaptureRequest,
} from '../../billing/v1/RefundCaptureRequest.js';
import type {
  RefundPayOutRequestInput as _billing_v1_RefundPayOutRequestInput,
  RefundPayOutRequest as _billing_v1_RefundPayOutRequest,
} from '../../billing/v1/RefundPayOutRequest.js';
import type {
  RefundPayOutResponseInput as _billing_v1_RefundPayOutResponseInput,
  RefundPayOutResponse as _billing_v1_RefundPayOutResponse,
} from '../../billing/v1/RefundPayOutResponse.js';
import type {
  RepriceServiceRequestInput as _billing_v1_RepriceServiceRequestInput,
  RepriceServiceRequest as _billing_v1_RepriceServiceRequest,
} from '../../billing/v1/RepriceServiceRequest.js';
import type {
  RetireServiceRequestInput as _billing_v1_RetireServiceRequestInput,
  RetireServiceRequest as _billing_v1_RetireServiceRequest,
} from '../../billing/v1/RetireServiceRequest.js';
import type {
  ServiceResponseInput as _billing_v1_ServiceResponseInput,
  ServiceResponse as _billing_v1_ServiceResponse,
} from '../../billing/v1/ServiceResponse.js';
import type {
  ThawAccountRequestInput as _billing_v1_ThawAccountRequestInput,
  ThawAccountRequest as _billing_v1_ThawAccountRequest,
} from '../../billing/v1/ThawAccountRequest.js';
import type {
  VoidHoldRequestInput as _billing_v1_VoidHoldRequestInput,
  VoidHoldRequest as _billing_v1_VoidHoldRequest,
} from '../../billing/v1/VoidHoldRequest.js';
import type {
  VoidHoldResponseInput as _billing_v1_VoidHoldResponseInput,
  VoidHoldResponse as _billing_v1_VoidHoldResponse,
} from '../../billing/v1/VoidHoldResponse.js';

export interface BillingClient extends grpc.Client {
  AuthoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;
  AuthoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;
  AuthoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;
  AuthoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;
  authoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;
  authoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;
  authoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;
  authoriseHold(
    argument: _billing_v1_AuthoriseHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_AuthoriseHoldResponse>,
  ): grpc.ClientUnaryCall;

  CaptureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;
  CaptureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;
  CaptureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;
  CaptureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;
  captureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;
  captureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;
  captureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;
  captureHold(
    argument: _billing_v1_CaptureHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_CaptureHoldResponse>,
  ): grpc.ClientUnaryCall;

  CreateService(
    argument: _billing_v1_CreateServiceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  CreateService(
    argument: _billing_v1_CreateServiceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  CreateService(
    argument: _billing_v1_CreateServiceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  CreateService(
    argument: _billing_v1_CreateServiceRequestInput,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  createService(
    argument: _billing_v1_CreateServiceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  createService(
    argument: _billing_v1_CreateServiceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  createService(
    argument: _billing_v1_CreateServiceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  createService(
    argument: _billing_v1_CreateServiceRequestInput,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;

  DeleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;
  DeleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;
  DeleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;
  DeleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;
  deleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;
  deleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;
  deleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;
  deleteAccount(
    argument: _billing_v1_DeleteAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_DeleteAccountResponse>,
  ): grpc.ClientUnaryCall;

  ExtendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;
  ExtendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;
  ExtendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;
  ExtendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;
  extendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;
  extendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;
  extendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;
  extendHold(
    argument: _billing_v1_ExtendHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_ExtendHoldResponse>,
  ): grpc.ClientUnaryCall;

  FreezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  FreezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  FreezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  FreezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  freezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  freezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  freezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  freezeAccount(
    argument: _billing_v1_FreezeAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;

  GetHold(
    argument: _billing_v1_GetHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;
  GetHold(
    argument: _billing_v1_GetHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;
  GetHold(
    argument: _billing_v1_GetHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;
  GetHold(
    argument: _billing_v1_GetHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;
  getHold(
    argument: _billing_v1_GetHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;
  getHold(
    argument: _billing_v1_GetHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;
  getHold(
    argument: _billing_v1_GetHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;
  getHold(
    argument: _billing_v1_GetHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_GetHoldResponse>,
  ): grpc.ClientUnaryCall;

  GetPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;
  GetPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;
  GetPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;
  GetPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;
  getPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;
  getPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;
  getPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;
  getPayOut(
    argument: _billing_v1_GetPayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_GetPayOutResponse>,
  ): grpc.ClientUnaryCall;

  ListServices(
    argument: _billing_v1_ListServicesRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;
  ListServices(
    argument: _billing_v1_ListServicesRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;
  ListServices(
    argument: _billing_v1_ListServicesRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;
  ListServices(
    argument: _billing_v1_ListServicesRequestInput,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;
  listServices(
    argument: _billing_v1_ListServicesRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;
  listServices(
    argument: _billing_v1_ListServicesRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;
  listServices(
    argument: _billing_v1_ListServicesRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;
  listServices(
    argument: _billing_v1_ListServicesRequestInput,
    callback: grpc.requestCallback<_billing_v1_ListServicesResponse>,
  ): grpc.ClientUnaryCall;

  OpenAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;
  OpenAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;
  OpenAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;
  OpenAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;
  openAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;
  openAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;
  openAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;
  openAccount(
    argument: _billing_v1_OpenAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_OpenAccountResponse>,
  ): grpc.ClientUnaryCall;

  PayOut(
    argument: _billing_v1_PayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;
  PayOut(
    argument: _billing_v1_PayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;
  PayOut(
    argument: _billing_v1_PayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;
  PayOut(
    argument: _billing_v1_PayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;
  payOut(
    argument: _billing_v1_PayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;
  payOut(
    argument: _billing_v1_PayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;
  payOut(
    argument: _billing_v1_PayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;
  payOut(
    argument: _billing_v1_PayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_PayOutResponse>,
  ): grpc.ClientUnaryCall;

  PayOuts(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_billing_v1_PayOutsRequestInput, _billing_v1_PayOutsResponse>;
  PayOuts(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_billing_v1_PayOutsRequestInput, _billing_v1_PayOutsResponse>;
  payOuts(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_billing_v1_PayOutsRequestInput, _billing_v1_PayOutsResponse>;
  payOuts(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_billing_v1_PayOutsRequestInput, _billing_v1_PayOutsResponse>;

  PreviewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;
  PreviewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;
  PreviewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;
  PreviewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;
  previewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;
  previewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;
  previewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;
  previewPayOut(
    argument: _billing_v1_PreviewPayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_PreviewPayOutResponse>,
  ): grpc.ClientUnaryCall;

  RefundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  RefundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  RefundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  RefundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundCapture(
    argument: _billing_v1_RefundCaptureRequestInput,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;

  RefundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  RefundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  RefundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  RefundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;
  refundPayOut(
    argument: _billing_v1_RefundPayOutRequestInput,
    callback: grpc.requestCallback<_billing_v1_RefundPayOutResponse>,
  ): grpc.ClientUnaryCall;

  RepriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  RepriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  RepriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  RepriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  repriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  repriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  repriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  repriceService(
    argument: _billing_v1_RepriceServiceRequestInput,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;

  RetireService(
    argument: _billing_v1_RetireServiceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  RetireService(
    argument: _billing_v1_RetireServiceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  RetireService(
    argument: _billing_v1_RetireServiceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  RetireService(
    argument: _billing_v1_RetireServiceRequestInput,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  retireService(
    argument: _billing_v1_RetireServiceRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  retireService(
    argument: _billing_v1_RetireServiceRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  retireService(
    argument: _billing_v1_RetireServiceRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;
  retireService(
    argument: _billing_v1_RetireServiceRequestInput,
    callback: grpc.requestCallback<_billing_v1_ServiceResponse>,
  ): grpc.ClientUnaryCall;

  ThawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  ThawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  ThawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  ThawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  thawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  thawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  thawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;
  thawAccount(
    argument: _billing_v1_ThawAccountRequestInput,
    callback: grpc.requestCallback<_billing_v1_AccountStateResponse>,
  ): grpc.ClientUnaryCall;

  VoidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
  VoidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
  VoidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
  VoidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
  voidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
  voidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    metadata: grpc.Metadata,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
  voidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    options: grpc.CallOptions,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
  voidHold(
    argument: _billing_v1_VoidHoldRequestInput,
    callback: grpc.requestCallback<_billing_v1_VoidHoldResponse>,
  ): grpc.ClientUnaryCall;
}

export interface BillingHandlers extends grpc.UntypedServiceImplementation {
  AuthoriseHold: grpc.handleUnaryCall<
    _billing_v1_AuthoriseHoldRequest,
    _billing_v1_AuthoriseHoldResponseInput
  >;

  CaptureHold: grpc.handleUnaryCall<
    _billing_v1_CaptureHoldRequest,
    _billing_v1_CaptureHoldResponseInput
  >;

  CreateService: grpc.handleUnaryCall<
    _billing_v1_CreateServiceRequest,
    _billing_v1_ServiceResponseInput
  >;

  DeleteAccount: grpc.handleUnaryCall<
    _billing_v1_DeleteAccountRequest,
    _billing_v1_DeleteAccountResponseInput
  >;

  ExtendHold: grpc.handleUnaryCall<
    _billing_v1_ExtendHoldRequest,
    _billing_v1_ExtendHoldResponseInput
  >;

  FreezeAccount: grpc.handleUnaryCall<
    _billing_v1_FreezeAccountRequest,
    _billing_v1_AccountStateResponseInput
  >;

  GetHold: grpc.handleUnaryCall<_billing_v1_GetHoldRequest, _billing_v1_GetHoldResponseInput>;

  GetPayOut: grpc.handleUnaryCall<_billing_v1_GetPayOutRequest, _billing_v1_GetPayOutResponseInput>;

  ListServices: grpc.handleUnaryCall<
    _billing_v1_ListServicesRequest,
    _billing_v1_ListServicesResponseInput
  >;

  OpenAccount: grpc.handleUnaryCall<
    _billing_v1_OpenAccountRequest,
    _billing_v1_OpenAccountResponseInput
  >;

  PayOut: grpc.handleUnaryCall<_billing_v1_PayOutRequest, _billing_v1_PayOutResponseInput>;

  PayOuts: grpc.handleBidiStreamingCall<
    _billing_v1_PayOutsRequest,
    _billing_v1_PayOutsResponseInput
  >;

  PreviewPayOut: grpc.handleUnaryCall<
    _billing_v1_PreviewPayOutRequest,
    _billing_v1_PreviewPayOutResponseInput
  >;

  RefundCapture: grpc.handleUnaryCall<
    _billing_v1_RefundCaptureRequest,
    _billing_v1_RefundPayOutResponseInput
  >;

  RefundPayOut: grpc.handleUnaryCall<
    _billing_v1_RefundPayOutRequest,
    _billing_v1_RefundPayOutResponseInput
  >;

  RepriceService: grpc.handleUnaryCall<
    _billing_v1_RepriceServiceRequest,
    _billing_v1_ServiceResponseInput
  >;

  RetireService: grpc.handleUnaryCall<
    _billing_v1_RetireServiceRequest,
    _billing_v1_ServiceResponseInput
  >;

  ThawAccount: grpc.handleUnaryCall<
    _billing_v1_ThawAccountRequest,
    _billing_v1_AccountStateResponseInput
  >;

  VoidHold: grpc.handleUnaryCall<_billing_v1_VoidHoldRequest, _billing_v1_VoidHoldResponseInput>;
}

export interface BillingDefinition extends grpc.ServiceDefinition {
  AuthoriseHold: MethodDefinition<
    _billing_v1_AuthoriseHoldRequestInput,
    _billing_v1_AuthoriseHoldResponseInput,
    _billing_v1_AuthoriseHoldRequest,
    _billing_v1_AuthoriseHoldResponse
  >;
  CaptureHold: MethodDefinition<
    _billing_v1_CaptureHoldRequestInput,
    _billing_v1_CaptureHoldResponseInput,
    _billing_v1_CaptureHoldRequest,
    _billing_v1_CaptureHoldResponse
  >;
  CreateService: MethodDefinition<
    _billing_v1_CreateServiceRequestInput,
    _billing_v1_ServiceResponseInput,
    _billing_v1_CreateServiceRequest,
    _billing_v1_ServiceResponse
  >;
  DeleteAccount: MethodDefinition<
    _billing_v1_DeleteAccountRequestInput,
    _billing_v1_DeleteAccountResponseInput,
    _billing_v1_DeleteAccountRequest,
    _billing_v1_DeleteAccountResponse
  >;
  ExtendHold: MethodDefinition<
    _billing_v1_ExtendHoldRequestInput,
    _billing_v1_ExtendHoldResponseInput,
    _billing_v1_ExtendHoldRequest,
    _billing_v1_ExtendHoldResponse
  >;
  FreezeAccount: MethodDefinition<
    _billing_v1_FreezeAccountRequestInput,
    _billing_v1_AccountStateResponseInput,
    _billing_v1_FreezeAccountRequest,
    _billing_v1_AccountStateResponse
  >;
  GetHold: MethodDefinition<
    _billing_v1_GetHoldRequestInput,
    _billing_v1_GetHoldResponseInput,
    _billing_v1_GetHoldRequest,
    _billing_v1_GetHoldResponse
  >;
  GetPayOut: MethodDefinition<
    _billing_v1_GetPayOutRequestInput,
    _billing_v1_GetPayOutResponseInput,
    _billing_v1_GetPayOutRequest,
    _billing_v1_GetPayOutResponse
  >;
  ListServices: MethodDefinition<
    _billing_v1_ListServicesRequestInput,
    _billing_v1_ListServicesResponseInput,
    _billing_v1_ListServicesRequest,
    _billing_v1_ListServicesResponse
  >;
  OpenAccount: MethodDefinition<
    _billing_v1_OpenAccountRequestInput,
    _billing_v1_OpenAccountResponseInput,
    _billing_v1_OpenAccountRequest,
    _billing_v1_OpenAccountResponse
  >;
  PayOut: MethodDefinition<
    _billing_v1_PayOutRequestInput,
    _billing_v1_PayOutResponseInput,
    _billing_v1_PayOutRequest,
    _billing_v1_PayOutResponse
  >;
  PayOuts: MethodDefinition<
    _billing_v1_PayOutsRequestInput,
    _billing_v1_PayOutsResponseInput,
    _billing_v1_PayOutsRequest,
    _billing_v1_PayOutsResponse
  >;
  PreviewPayOut: MethodDefinition<
    _billing_v1_PreviewPayOutRequestInput,
    _billing_v1_PreviewPayOutResponseInput,
    _billing_v1_PreviewPayOutRequest,
    _billing_v1_PreviewPayOutResponse
  >;
  RefundCapture: MethodDefinition<
    _billing_v1_RefundCaptureRequestInput,
    _billing_v1_RefundPayOutResponseInput,
    _billing_v1_RefundCaptureRequest,
    _billing_v1_RefundPayOutResponse
  >;
  RefundPayOut: MethodDefinition<
    _billing_v1_RefundPayOutRequestInput,
    _billing_v1_RefundPayOutResponseInput,
    _billing_v1_RefundPayOutRequest,
    _billing_v1_RefundPayOutResponse
  >;
  RepriceService: MethodDefinition<
    _billing_v1_RepriceServiceRequestInput,
    _billing_v1_ServiceResponseInput,
    _billing_v1_RepriceServiceRequest,
    _billing_v1_ServiceResponse
  >;
  RetireService: MethodDefinition<
    _billing_v1_RetireServiceRequestInput,
    _billing_v1_ServiceResponseInput,
    _billing_v1_RetireServiceRequest,
    _billing_v1_ServiceResponse
  >;
  ThawAccount: MethodDefinition<
    _billing_v1_ThawAccountRequestInput,
    _billing_v1_AccountStateResponseInput,
    _billing_v1_ThawAccountRequest,
    _billing_v1_AccountStateResponse
  >;
  VoidHold: MethodDefinition<
    _billing_v1_VoidHoldRequestInput,
    _billing_v1_VoidHoldResponseInput,
    _billing_v1_VoidHoldRequest,
    _billing_v1_VoidHoldResponse
  >;
}
