CREATE SCHEMA "runner";
--> statement-breakpoint
CREATE SEQUENCE "runner"."generation" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "runner"."event" (
	"id" text PRIMARY KEY NOT NULL,
	"dedupe_key" text,
	"name" text NOT NULL,
	"payload" text NOT NULL,
	"routed" boolean NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runner"."fn" (
	"id" text PRIMARY KEY NOT NULL,
	"app_id" text NOT NULL,
	"config" text NOT NULL,
	"registered_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runner"."job" (
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"fn_id" text NOT NULL,
	"kind" text NOT NULL,
	"step_id" text,
	"payload" text,
	"attempt" integer DEFAULT 0 NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"run_at" timestamp with time zone NOT NULL,
	"rank" timestamp with time zone NOT NULL,
	"slots" text[],
	"slot_limits" integer[],
	"again" boolean DEFAULT false NOT NULL,
	"generation" bigint,
	"owner" text,
	"lease_until" timestamp with time zone,
	CONSTRAINT "job_run_id_key_pk" PRIMARY KEY("run_id","key")
);
--> statement-breakpoint
CREATE TABLE "runner"."run" (
	"id" text PRIMARY KEY NOT NULL,
	"fn_id" text NOT NULL,
	"event_id" text NOT NULL,
	"idempotency_key" text,
	"parent_run_id" text,
	"parent_step_id" text,
	"priority" integer DEFAULT 0 NOT NULL,
	"slots" text[],
	"slot_limits" integer[],
	"version" smallint DEFAULT -1 NOT NULL,
	"pending" integer DEFAULT 0 NOT NULL,
	"waiting" integer DEFAULT 0 NOT NULL,
	"done_count" integer DEFAULT 0 NOT NULL,
	"state_bytes" bigint DEFAULT 0 NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"output" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "runner"."step" (
	"run_id" text NOT NULL,
	"id" text NOT NULL,
	"name" text NOT NULL,
	"op" text NOT NULL,
	"planned" boolean NOT NULL,
	"waits" boolean NOT NULL,
	"race" boolean NOT NULL,
	"done" boolean NOT NULL,
	"failed" boolean DEFAULT false NOT NULL,
	"value" text,
	"seq" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"done_at" timestamp with time zone,
	CONSTRAINT "step_run_id_id_pk" PRIMARY KEY("run_id","id")
);
--> statement-breakpoint
CREATE TABLE "runner"."wait" (
	"run_id" text NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"event_name" text NOT NULL,
	"match_key" text,
	"expression" text,
	"expires_at" timestamp with time zone,
	CONSTRAINT "wait_run_id_key_pk" PRIMARY KEY("run_id","key")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "event_dedupe_key" ON "runner"."event" USING btree ("dedupe_key") WHERE "runner"."event"."dedupe_key" is not null;--> statement-breakpoint
CREATE INDEX "event_unrouted" ON "runner"."event" USING btree ("id") WHERE not "runner"."event"."routed";--> statement-breakpoint
CREATE INDEX "job_queue" ON "runner"."job" USING btree ("rank") WHERE "runner"."job"."owner" is null;--> statement-breakpoint
CREATE INDEX "job_held" ON "runner"."job" USING btree ("owner") WHERE "runner"."job"."owner" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "run_idempotency_key" ON "runner"."run" USING btree ("fn_id","idempotency_key") WHERE "runner"."run"."idempotency_key" is not null;--> statement-breakpoint
CREATE INDEX "run_active" ON "runner"."run" USING btree ("fn_id") WHERE "runner"."run"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "wait_event" ON "runner"."wait" USING btree ("event_name","match_key");