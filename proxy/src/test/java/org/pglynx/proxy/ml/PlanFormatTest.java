package org.pglynx.proxy.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PlanFormatTest {
  private static final List<String> LINES = List.of("Prediction: f('a<\"b\\') is streamed", "g");

  @Test
  void json_gets_a_list_beside_the_plan() {
    String plan = "[\n  {\n    \"Plan\": {\n      \"Node Type\": \"Result\"\n    }\n  }\n]";

    assertThat(PlanFormat.JSON.with(plan, LINES))
        .isEqualTo(
            """
            [
              {
                "Plan": {
                  "Node Type": "Result"
                },
                "Predictions": ["Prediction: f('a<\\"b\\\\') is streamed", "g"]
              }
            ]\
            """);
  }

  @Test
  void yaml_gets_a_list_behind_the_plan() {
    assertThat(PlanFormat.YAML.with("- Plan: \n    Node Type: \"Result\"", LINES))
        .isEqualTo(
            """
            - Plan:\s
                Node Type: "Result"
              Predictions:\s
                - "Prediction: f('a<\\"b\\\\') is streamed"
                - "g\"\
            """);
  }

  @Test
  void xml_gets_elements_within_the_query() {
    String open = "<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n  <Query>\n";

    assertThat(PlanFormat.XML.with(open + "    <Plan/>\n  </Query>\n</explain>", LINES))
        .isEqualTo(
            open
                + """
                    <Plan/>
                    <Predictions>
                      <Item>Prediction: f('a&lt;"b\\') is streamed</Item>
                      <Item>g</Item>
                    </Predictions>
                  </Query>
                </explain>\
                """);
  }

  @Test
  void a_plan_that_ends_in_another_way_stays_as_it_is() {
    assertThat(PlanFormat.JSON.with("[]", LINES)).isEqualTo("[]");
    assertThat(PlanFormat.XML.with("<a/>", LINES)).isEqualTo("<a/>");
  }

  @Test
  void what_the_proxy_answers_is_a_document_of_its_own() {
    assertThat(PlanFormat.JSON.document(List.of("a"), 1, 0.25))
        .isEqualTo(
            """
            [
              {
                "Predictions": ["a"],
                "Rows": 1,
                "Execution Time": 0.250
              }
            ]\
            """);
    assertThat(PlanFormat.YAML.document(List.of("a"), null, null))
        .isEqualTo("- Predictions: \n    - \"a\"");
    assertThat(PlanFormat.XML.document(List.of("a"), 1, 0.25))
        .contains("<Rows>1</Rows>", "<Execution-Time>0.250</Execution-Time>\n  </Query>");
    assertThat(PlanFormat.TEXT.document(List.of("a", "b"), 1, 0.25))
        .isEqualTo("a\nb\nRows: 1\nExecution Time: 0.250 ms");
  }
}
