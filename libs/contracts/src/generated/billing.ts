// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type {
  AccountStateResponseInput as _billing_v1_AccountStateResponseInput,
  AccountStateResponse as _billing_v1_AccountStateResponse,
} from './billing/v1/AccountStateResponse.js';
import type {
  AuthoriseHoldRequestInput as _billing_v1_AuthoriseHoldRequestInput,
  AuthoriseHoldRequest as _billing_v1_AuthoriseHoldRequest,
} from './billing/v1/AuthoriseHoldRequest.js';
import type {
  AuthoriseHoldResponseInput as _billing_v1_AuthoriseHoldResponseInput,
  AuthoriseHoldResponse as _billing_v1_AuthoriseHoldResponse,
} from './billing/v1/AuthoriseHoldResponse.js';
import type {
  BillingClient as _billing_v1_BillingClient,
  BillingDefinition as _billing_v1_BillingDefinition,
} from './billing/v1/Billing.js';
import type {
  CaptureHoldRequestInput as _billing_v1_CaptureHoldRequestInput,
  CaptureHoldRequest as _billing_v1_CaptureHoldRequest,
} from './billing/v1/CaptureHoldRequest.js';
import type {
  CaptureHoldResponseInput as _billing_v1_CaptureHoldResponseInput,
  CaptureHoldResponse as _billing_v1_CaptureHoldResponse,
} from './billing/v1/CaptureHoldResponse.js';
import type {
  CapturePartInput as _billing_v1_CapturePartInput,
  CapturePart as _billing_v1_CapturePart,
} from './billing/v1/CapturePart.js';
import type {
  ChargeInput as _billing_v1_ChargeInput,
  Charge as _billing_v1_Charge,
} from './billing/v1/Charge.js';
import type {
  CreateServiceRequestInput as _billing_v1_CreateServiceRequestInput,
  CreateServiceRequest as _billing_v1_CreateServiceRequest,
} from './billing/v1/CreateServiceRequest.js';
import type {
  DeleteAccountRequestInput as _billing_v1_DeleteAccountRequestInput,
  DeleteAccountRequest as _billing_v1_DeleteAccountRequest,
} from './billing/v1/DeleteAccountRequest.js';
import type {
  DeleteAccountResponseInput as _billing_v1_DeleteAccountResponseInput,
  DeleteAccountResponse as _billing_v1_DeleteAccountResponse,
} from './billing/v1/DeleteAccountResponse.js';
import type {
  ExtendHoldRequestInput as _billing_v1_ExtendHoldRequestInput,
  ExtendHoldRequest as _billing_v1_ExtendHoldRequest,
} from './billing/v1/ExtendHoldRequest.js';
import type {
  ExtendHoldResponseInput as _billing_v1_ExtendHoldResponseInput,
  ExtendHoldResponse as _billing_v1_ExtendHoldResponse,
} from './billing/v1/ExtendHoldResponse.js';
import type {
  ExtendedPartInput as _billing_v1_ExtendedPartInput,
  ExtendedPart as _billing_v1_ExtendedPart,
} from './billing/v1/ExtendedPart.js';
import type {
  FreezeAccountRequestInput as _billing_v1_FreezeAccountRequestInput,
  FreezeAccountRequest as _billing_v1_FreezeAccountRequest,
} from './billing/v1/FreezeAccountRequest.js';
import type {
  GetHoldRequestInput as _billing_v1_GetHoldRequestInput,
  GetHoldRequest as _billing_v1_GetHoldRequest,
} from './billing/v1/GetHoldRequest.js';
import type {
  GetHoldResponseInput as _billing_v1_GetHoldResponseInput,
  GetHoldResponse as _billing_v1_GetHoldResponse,
} from './billing/v1/GetHoldResponse.js';
import type {
  GetPayOutRequestInput as _billing_v1_GetPayOutRequestInput,
  GetPayOutRequest as _billing_v1_GetPayOutRequest,
} from './billing/v1/GetPayOutRequest.js';
import type {
  GetPayOutResponseInput as _billing_v1_GetPayOutResponseInput,
  GetPayOutResponse as _billing_v1_GetPayOutResponse,
} from './billing/v1/GetPayOutResponse.js';
import type {
  HoldInput as _billing_v1_HoldInput,
  Hold as _billing_v1_Hold,
} from './billing/v1/Hold.js';
import type {
  HoldPartInput as _billing_v1_HoldPartInput,
  HoldPart as _billing_v1_HoldPart,
} from './billing/v1/HoldPart.js';
import type {
  ListServicesRequestInput as _billing_v1_ListServicesRequestInput,
  ListServicesRequest as _billing_v1_ListServicesRequest,
} from './billing/v1/ListServicesRequest.js';
import type {
  ListServicesResponseInput as _billing_v1_ListServicesResponseInput,
  ListServicesResponse as _billing_v1_ListServicesResponse,
} from './billing/v1/ListServicesResponse.js';
import type {
  OpenAccountRequestInput as _billing_v1_OpenAccountRequestInput,
  OpenAccountRequest as _billing_v1_OpenAccountRequest,
} from './billing/v1/OpenAccountRequest.js';
import type {
  OpenAccountResponseInput as _billing_v1_OpenAccountResponseInput,
  OpenAccountResponse as _billing_v1_OpenAccountResponse,
} from './billing/v1/OpenAccountResponse.js';
import type {
  PayOutInput as _billing_v1_PayOutInput,
  PayOut as _billing_v1_PayOut,
} from './billing/v1/PayOut.js';
import type {
  PayOutPartInput as _billing_v1_PayOutPartInput,
  PayOutPart as _billing_v1_PayOutPart,
} from './billing/v1/PayOutPart.js';
import type {
  PayOutRefundInput as _billing_v1_PayOutRefundInput,
  PayOutRefund as _billing_v1_PayOutRefund,
} from './billing/v1/PayOutRefund.js';
import type {
  PayOutRequestInput as _billing_v1_PayOutRequestInput,
  PayOutRequest as _billing_v1_PayOutRequest,
} from './billing/v1/PayOutRequest.js';
import type {
  PayOutResponseInput as _billing_v1_PayOutResponseInput,
  PayOutResponse as _billing_v1_PayOutResponse,
} from './billing/v1/PayOutResponse.js';
import type {
  PayOutsRequestInput as _billing_v1_PayOutsRequestInput,
  PayOutsRequest as _billing_v1_PayOutsRequest,
} from './billing/v1/PayOutsRequest.js';
import type {
  PayOutsResponseInput as _billing_v1_PayOutsResponseInput,
  PayOutsResponse as _billing_v1_PayOutsResponse,
} from './billing/v1/PayOutsResponse.js';
import type {
  PreviewPayOutRequestInput as _billing_v1_PreviewPayOutRequestInput,
  PreviewPayOutRequest as _billing_v1_PreviewPayOutRequest,
} from './billing/v1/PreviewPayOutRequest.js';
import type {
  PreviewPayOutResponseInput as _billing_v1_PreviewPayOutResponseInput,
  PreviewPayOutResponse as _billing_v1_PreviewPayOutResponse,
} from './billing/v1/PreviewPayOutResponse.js';
import type {
  RefundInput as _billing_v1_RefundInput,
  Refund as _billing_v1_Refund,
} from './billing/v1/Refund.js';
import type {
  RefundCaptureRequestInput as _billing_v1_RefundCaptureRequestInput,
  RefundCaptureRequest as _billing_v1_RefundCaptureRequest,
} from './billing/v1/RefundCaptureRequest.js';
import type {
  RefundPayOutRequestInput as _billing_v1_RefundPayOutRequestInput,
  RefundPayOutRequest as _billing_v1_RefundPayOutRequest,
} from './billing/v1/RefundPayOutRequest.js';
import type {
  RefundPayOutResponseInput as _billing_v1_RefundPayOutResponseInput,
  RefundPayOutResponse as _billing_v1_RefundPayOutResponse,
} from './billing/v1/RefundPayOutResponse.js';
import type {
  RepriceServiceRequestInput as _billing_v1_RepriceServiceRequestInput,
  RepriceServiceRequest as _billing_v1_RepriceServiceRequest,
} from './billing/v1/RepriceServiceRequest.js';
import type {
  RetireServiceRequestInput as _billing_v1_RetireServiceRequestInput,
  RetireServiceRequest as _billing_v1_RetireServiceRequest,
} from './billing/v1/RetireServiceRequest.js';
import type {
  ServiceInput as _billing_v1_ServiceInput,
  Service as _billing_v1_Service,
} from './billing/v1/Service.js';
import type {
  ServicePriceInput as _billing_v1_ServicePriceInput,
  ServicePrice as _billing_v1_ServicePrice,
} from './billing/v1/ServicePrice.js';
import type {
  ServiceResponseInput as _billing_v1_ServiceResponseInput,
  ServiceResponse as _billing_v1_ServiceResponse,
} from './billing/v1/ServiceResponse.js';
import type {
  ThawAccountRequestInput as _billing_v1_ThawAccountRequestInput,
  ThawAccountRequest as _billing_v1_ThawAccountRequest,
} from './billing/v1/ThawAccountRequest.js';
import type {
  UpToInput as _billing_v1_UpToInput,
  UpTo as _billing_v1_UpTo,
} from './billing/v1/UpTo.js';
import type {
  VoidHoldRequestInput as _billing_v1_VoidHoldRequestInput,
  VoidHoldRequest as _billing_v1_VoidHoldRequest,
} from './billing/v1/VoidHoldRequest.js';
import type {
  VoidHoldResponseInput as _billing_v1_VoidHoldResponseInput,
  VoidHoldResponse as _billing_v1_VoidHoldResponse,
} from './billing/v1/VoidHoldResponse.js';
import type {
  AnyInput as _google_protobuf_AnyInput,
  Any as _google_protobuf_Any,
} from './google/protobuf/Any.js';
import type {
  ErrorInfoInput as _google_rpc_ErrorInfoInput,
  ErrorInfo as _google_rpc_ErrorInfo,
} from './google/rpc/ErrorInfo.js';
import type {
  StatusInput as _google_rpc_StatusInput,
  Status as _google_rpc_Status,
} from './google/rpc/Status.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new (...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  billing: {
    v1: {
      AccountStateResponse: MessageTypeDefinition<
        _billing_v1_AccountStateResponseInput,
        _billing_v1_AccountStateResponse
      >;
      AuthoriseHoldRequest: MessageTypeDefinition<
        _billing_v1_AuthoriseHoldRequestInput,
        _billing_v1_AuthoriseHoldRequest
      >;
      AuthoriseHoldResponse: MessageTypeDefinition<
        _billing_v1_AuthoriseHoldResponseInput,
        _billing_v1_AuthoriseHoldResponse
      >;
      Billing: SubtypeConstructor<typeof grpc.Client, _billing_v1_BillingClient> & {
        service: _billing_v1_BillingDefinition;
      };
      CaptureHoldRequest: MessageTypeDefinition<
        _billing_v1_CaptureHoldRequestInput,
        _billing_v1_CaptureHoldRequest
      >;
      CaptureHoldResponse: MessageTypeDefinition<
        _billing_v1_CaptureHoldResponseInput,
        _billing_v1_CaptureHoldResponse
      >;
      CapturePart: MessageTypeDefinition<_billing_v1_CapturePartInput, _billing_v1_CapturePart>;
      Charge: MessageTypeDefinition<_billing_v1_ChargeInput, _billing_v1_Charge>;
      CreateServiceRequest: MessageTypeDefinition<
        _billing_v1_CreateServiceRequestInput,
        _billing_v1_CreateServiceRequest
      >;
      DeleteAccountRequest: MessageTypeDefinition<
        _billing_v1_DeleteAccountRequestInput,
        _billing_v1_DeleteAccountRequest
      >;
      DeleteAccountResponse: MessageTypeDefinition<
        _billing_v1_DeleteAccountResponseInput,
        _billing_v1_DeleteAccountResponse
      >;
      Drain: EnumTypeDefinition;
      ExtendHoldRequest: MessageTypeDefinition<
        _billing_v1_ExtendHoldRequestInput,
        _billing_v1_ExtendHoldRequest
      >;
      ExtendHoldResponse: MessageTypeDefinition<
        _billing_v1_ExtendHoldResponseInput,
        _billing_v1_ExtendHoldResponse
      >;
      ExtendedPart: MessageTypeDefinition<_billing_v1_ExtendedPartInput, _billing_v1_ExtendedPart>;
      FreezeAccountRequest: MessageTypeDefinition<
        _billing_v1_FreezeAccountRequestInput,
        _billing_v1_FreezeAccountRequest
      >;
      GetHoldRequest: MessageTypeDefinition<
        _billing_v1_GetHoldRequestInput,
        _billing_v1_GetHoldRequest
      >;
      GetHoldResponse: MessageTypeDefinition<
        _billing_v1_GetHoldResponseInput,
        _billing_v1_GetHoldResponse
      >;
      GetPayOutRequest: MessageTypeDefinition<
        _billing_v1_GetPayOutRequestInput,
        _billing_v1_GetPayOutRequest
      >;
      GetPayOutResponse: MessageTypeDefinition<
        _billing_v1_GetPayOutResponseInput,
        _billing_v1_GetPayOutResponse
      >;
      Hold: MessageTypeDefinition<_billing_v1_HoldInput, _billing_v1_Hold>;
      HoldPart: MessageTypeDefinition<_billing_v1_HoldPartInput, _billing_v1_HoldPart>;
      HoldState: EnumTypeDefinition;
      ListServicesRequest: MessageTypeDefinition<
        _billing_v1_ListServicesRequestInput,
        _billing_v1_ListServicesRequest
      >;
      ListServicesResponse: MessageTypeDefinition<
        _billing_v1_ListServicesResponseInput,
        _billing_v1_ListServicesResponse
      >;
      OpenAccountRequest: MessageTypeDefinition<
        _billing_v1_OpenAccountRequestInput,
        _billing_v1_OpenAccountRequest
      >;
      OpenAccountResponse: MessageTypeDefinition<
        _billing_v1_OpenAccountResponseInput,
        _billing_v1_OpenAccountResponse
      >;
      PayOut: MessageTypeDefinition<_billing_v1_PayOutInput, _billing_v1_PayOut>;
      PayOutPart: MessageTypeDefinition<_billing_v1_PayOutPartInput, _billing_v1_PayOutPart>;
      PayOutRefund: MessageTypeDefinition<_billing_v1_PayOutRefundInput, _billing_v1_PayOutRefund>;
      PayOutRequest: MessageTypeDefinition<
        _billing_v1_PayOutRequestInput,
        _billing_v1_PayOutRequest
      >;
      PayOutResponse: MessageTypeDefinition<
        _billing_v1_PayOutResponseInput,
        _billing_v1_PayOutResponse
      >;
      PayOutStatus: EnumTypeDefinition;
      PayOutsRequest: MessageTypeDefinition<
        _billing_v1_PayOutsRequestInput,
        _billing_v1_PayOutsRequest
      >;
      PayOutsResponse: MessageTypeDefinition<
        _billing_v1_PayOutsResponseInput,
        _billing_v1_PayOutsResponse
      >;
      PreviewPayOutRequest: MessageTypeDefinition<
        _billing_v1_PreviewPayOutRequestInput,
        _billing_v1_PreviewPayOutRequest
      >;
      PreviewPayOutResponse: MessageTypeDefinition<
        _billing_v1_PreviewPayOutResponseInput,
        _billing_v1_PreviewPayOutResponse
      >;
      Refund: MessageTypeDefinition<_billing_v1_RefundInput, _billing_v1_Refund>;
      RefundCaptureRequest: MessageTypeDefinition<
        _billing_v1_RefundCaptureRequestInput,
        _billing_v1_RefundCaptureRequest
      >;
      RefundPayOutRequest: MessageTypeDefinition<
        _billing_v1_RefundPayOutRequestInput,
        _billing_v1_RefundPayOutRequest
      >;
      RefundPayOutResponse: MessageTypeDefinition<
        _billing_v1_RefundPayOutResponseInput,
        _billing_v1_RefundPayOutResponse
      >;
      RepriceServiceRequest: MessageTypeDefinition<
        _billing_v1_RepriceServiceRequestInput,
        _billing_v1_RepriceServiceRequest
      >;
      RetireServiceRequest: MessageTypeDefinition<
        _billing_v1_RetireServiceRequestInput,
        _billing_v1_RetireServiceRequest
      >;
      Service: MessageTypeDefinition<_billing_v1_ServiceInput, _billing_v1_Service>;
      ServicePrice: MessageTypeDefinition<_billing_v1_ServicePriceInput, _billing_v1_ServicePrice>;
      ServiceResponse: MessageTypeDefinition<
        _billing_v1_ServiceResponseInput,
        _billing_v1_ServiceResponse
      >;
      ThawAccountRequest: MessageTypeDefinition<
        _billing_v1_ThawAccountRequestInput,
        _billing_v1_ThawAccountRequest
      >;
      UpTo: MessageTypeDefinition<_billing_v1_UpToInput, _billing_v1_UpTo>;
      VoidHoldRequest: MessageTypeDefinition<
        _billing_v1_VoidHoldRequestInput,
        _billing_v1_VoidHoldRequest
      >;
      VoidHoldResponse: MessageTypeDefinition<
        _billing_v1_VoidHoldResponseInput,
        _billing_v1_VoidHoldResponse
      >;
    };
  };
  google: {
    protobuf: {
      Any: MessageTypeDefinition<_google_protobuf_AnyInput, _google_protobuf_Any>;
    };
    rpc: {
      ErrorInfo: MessageTypeDefinition<_google_rpc_ErrorInfoInput, _google_rpc_ErrorInfo>;
      Status: MessageTypeDefinition<_google_rpc_StatusInput, _google_rpc_Status>;
    };
  };
}
