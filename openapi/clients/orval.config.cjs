// Settings of orval: one file of functions on top of `fetch`.
module.exports = {
  api: { input: { target: "./openapi.json" }, output: { mode: "single", target: "./client.ts", client: "fetch" } },
};
