package org.pglynx.proxy.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.pglynx.proxy.dashboard.Endpoint.Access;
import org.pglynx.proxy.dashboard.Parameter.Kind;

/** Files that become tables. */
final class UploadEndpoints {
  private static final Parameter NUMBER =
      Parameter.needed("id", Kind.WHOLE, "as the upload's beginning has told it");

  List<Endpoint> all() {
    return List.of(
        Endpoint.post(
            "/api/upload",
            "Creates a table, and waits for the parts of a CSV file; nothing is there before the"
                + " end. At most "
                + (Upload.MOST_BYTES >> 20)
                + " MB, and a part a minute.",
            Access.DATABASE,
            List.of(
                Parameter.optional("schema", Kind.TEXT, "the first of search_path without it"),
                Parameter.needed("table", Kind.TEXT, "its name, which nothing has yet"),
                Parameter.needed("columns", Kind.TEXTS, "their names"),
                Parameter.needed(
                    "types", Kind.TEXTS, "their types: " + String.join(", ", sortedTypes())),
                Parameter.optional("delimiter", Kind.TEXT, "comma, semicolon, tab or bar"),
                Parameter.optional("header", Kind.FLAG, "whether the first line has the names"),
                Parameter.optional("bytes", Kind.WHOLE, "of the file, to be refused early")),
            UploadEndpoints::begin),
        Endpoint.post(
            "/api/upload/part",
            "Sends the next part of the file, which may begin and end anywhere.",
            Access.DATABASE,
            List.of(
                NUMBER,
                Parameter.needed("part", Kind.WHOLE, "counts them from 0"),
                Parameter.needed("text", Kind.TEXT, "at most 200 KB")),
            call -> told(call, upload -> upload.add(call.whole("part", 0), call.text("text")))),
        Endpoint.post(
            "/api/upload/end",
            "Nothing more comes: the table is there from now on.",
            Access.DATABASE,
            List.of(NUMBER),
            call -> told(call, Upload::finish)),
        Endpoint.post(
            "/api/upload/cancel",
            "Ends an upload; no table is left of it.",
            Access.DATABASE,
            List.of(NUMBER),
            call ->
                told(
                    call,
                    upload -> {
                      upload.abort();
                      return Json.object();
                    })));
  }

  private static List<String> sortedTypes() {
    return UploadPlan.TYPES.stream().sorted().toList();
  }

  private static JsonNode begin(Call call) throws FaultException, IOException {
    if (call.whole("bytes", 0) > Upload.MOST_BYTES) {
      throw Upload.tooLarge();
    }
    Upload upload = call.session().uploads().begin(call, UploadPlan.of(call));
    return Json.object().put("id", upload.number());
  }

  /** What is done with an upload. */
  @FunctionalInterface
  private interface Act {
    ObjectNode with(Upload upload) throws FaultException, IOException;
  }

  /** A fault in the file is told with its line. */
  private static JsonNode told(Call call, Act act) throws FaultException, IOException {
    Upload upload = call.session().uploads().find(call.whole("id", 0));
    if (upload == null) {
      throw Fault.of("02000", "there is no such upload in this session").toException();
    }
    try {
      return act.with(upload);
    } catch (FaultException e) {
      Fault fault = e.fault();
      Long line = Upload.line(fault);
      throw line == null ? e : fault.inLine(line).toException();
    }
  }
}
