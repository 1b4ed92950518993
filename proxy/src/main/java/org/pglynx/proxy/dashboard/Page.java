package org.pglynx.proxy.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.pglynx.proxy.http.Answer;
import org.pglynx.proxy.http.Handler;
import org.pglynx.proxy.http.Method;
import org.pglynx.proxy.http.Routes;

/** The files of the page, which are in the jar: nothing is fetched from elsewhere. */
final class Page {
  private static final String FOLDER = "page/";

  private static final Map<String, String> FILES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "app.js", "text/javascript; charset=utf-8",
          "app.css", "text/css; charset=utf-8",
          "licenses.txt", "text/plain; charset=utf-8");

  private Page() {}

  /** Adds the files, if the page has been built: a jar without npm's part has the API alone. */
  static void mount(Routes.Builder routes) {
    FILES.forEach((name, type) -> {
      byte[] content = read(name);
      if (content.length > 0) {
        routes.on(Method.GET, "/" + name, handler(type, content));
      }
      if (name.equals("index.html")) {
        routes.on(Method.GET, "/", content.length > 0 ? handler(type, content) : missing());
      }
    });
  }

  private static Handler missing() {
    Answer answer =
        Answer.text(
            404,
            "This build has the dashboard's API (/api/openapi.json), but not its page: npm was"
                + " missing when it was made.\n");
    return request -> CompletableFuture.completedFuture(answer);
  }

  private static Handler handler(String type, byte[] content) {
    CRC32C sum = new CRC32C();
    sum.update(content);
    String tag = "\"" + Long.toHexString(sum.getValue()) + "-" + content.length + "\"";
    // Asked for again each time, and sent again only when another version of the proxy runs.
    Map<String, String> headers = Map.of("ETag", tag, "Cache-Control", "no-cache");
    return request -> {
      boolean known = tag.equals(request.header("if-none-match"));
      Answer answer = new Answer(known ? 304 : 200, type, headers, known ? new byte[0] : content);
      return CompletableFuture.completedFuture(SecurityHeaders.on(request, answer));
    };
  }

  private static byte[] read(String name) {
    try (InputStream file = Page.class.getResourceAsStream(FOLDER + name)) {
      return file == null ? new byte[0] : file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
