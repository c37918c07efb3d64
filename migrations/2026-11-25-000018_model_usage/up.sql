-- What each organization used of the language model, day by day (UTC).

CREATE TABLE model_usage (
    organization_id uuid NOT NULL DEFAULT current_organization() REFERENCES organizations,
    day date NOT NULL,
    prompt_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    requests bigint NOT NULL,
    PRIMARY KEY (organization_id, day),
    CONSTRAINT model_usage_prompt_tokens_check CHECK (prompt_tokens >= 0),
    CONSTRAINT model_usage_completion_tokens_check CHECK (completion_tokens >= 0),
    CONSTRAINT model_usage_requests_check CHECK (requests >= 0)
);
CALL wall_off('model_usage');
