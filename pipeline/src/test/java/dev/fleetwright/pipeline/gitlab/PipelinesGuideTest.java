package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/// docs/guide/pipelines.md says of each keyword what the table of keywords says.
class PipelinesGuideTest {

  @Test
  void names_every_keyword_with_what_becomes_of_it() throws IOException {
    var guide = Files.readString(Path.of("../docs/guide/pipelines.md"));
    var actedOn =
        guide.substring(
            guide.indexOf("Understood and acted on"), guide.indexOf("Understood and checked"));
    var rows = new ArrayList<String>();
    Keywords.job()
        .forEach((name, keyword) -> {
          switch (keyword.support()) {
            case FULL -> assertThat(actedOn).contains("`" + name + "`");
            case KEPT -> rows.add("| `%s` | %s |".formatted(name, keyword.without()));
            case BLOCKING ->
                rows.add(
                    "| `%s` | %s; a run that meets it is refused |"
                        .formatted(name, keyword.without()));
          }
        });
    for (var part : Keywords.PARTS) {
      var value = part.value().isEmpty() ? "" : ": " + part.value();
      rows.add("| `%s:%s%s` | %s |".formatted(part.keyword(), part.key(), value, part.without()));
    }

    var table =
        guide
            .lines()
            .dropWhile(line -> !line.startsWith("| keyword |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(table).isEqualTo(rows);
  }
}
