import {
  Factor,
  PasskeyEnrolment,
  PasskeyOffer,
  PhoneEnrolment,
  PhoneOffer,
  PhoneTicket,
  QuestionsEnrolment,
  Reauthentication,
  RecoveryCodes,
} from '@sallyport/contract';
import { principalOf, type Resource } from './api.js';

const tags = ['Me'];

export const ownFactorRoutes: Resource = (api, { core }) => {
  const { ownFactors } = core.admin;

  api.post(
    '/me/factors/questions',
    {
      schema: {
        tags,
        summary: 'Set my security questions',
        body: QuestionsEnrolment,
        response: { 201: Factor },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return ownFactors.enrolQuestions(request.context, principalOf(request), request.body);
    },
  );

  api.post(
    '/me/factors/recovery-codes',
    {
      schema: {
        tags,
        summary: 'Make new recovery codes; those from before end',
        body: Reauthentication,
        response: { 201: RecoveryCodes },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return ownFactors.renewRecoveryCodes(request.context, principalOf(request), request.body.password);
    },
  );

  api.post(
    '/me/factors/phone/offer',
    {
      schema: {
        tags,
        summary: 'Have a code sent to a telephone number',
        body: PhoneOffer,
        response: { 200: PhoneTicket },
      },
    },
    (request) => ownFactors.offerPhone(request.context, principalOf(request), request.body),
  );

  api.post(
    '/me/factors/phone',
    {
      schema: {
        tags,
        summary: 'Enrol the telephone number that got this code',
        body: PhoneEnrolment,
        response: { 201: Factor },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return ownFactors.enrolPhone(request.context, principalOf(request), request.body);
    },
  );

  api.post(
    '/me/factors/passkey/offer',
    {
      schema: {
        tags,
        summary: 'Ask for what a browser needs to make a passkey',
        body: Reauthentication,
        response: { 200: PasskeyOffer },
      },
    },
    (request) => ownFactors.offerPasskey(request.context, principalOf(request), request.body.password),
  );

  api.post(
    '/me/factors/passkey',
    {
      schema: {
        tags,
        summary: 'Enrol the passkey that the browser made',
        body: PasskeyEnrolment,
        response: { 201: Factor },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return ownFactors.enrolPasskey(request.context, principalOf(request), request.body);
    },
  );
};
