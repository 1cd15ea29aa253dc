// _redirects in the folder, on the engine of Netlify's local development
// (@netlify/redirects: its parser, its matcher as WebAssembly, its answer).
import { load, serve } from "./serve.js";

const { RedirectsHandler } = await load("@netlify/redirects");
const handler = new RedirectsHandler({ configRedirects: [], jwtRoleClaim: "", jwtSecret: "", projectDir: ".", publicDir: "." });

serve(async (host, target) => {
  const request = new Request(`http://${host}${target}`);
  const match = await handler.match(request);
  if (!match) return;
  if (match.statusCode >= 400) return { status: match.statusCode };
  const response = await handler.handle(request, match, () => undefined);
  return response && { status: response.status, location: response.headers.get("location") };
});
