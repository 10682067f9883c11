package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.project.ProjectFileReader;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What the guide shows must work as it stands there.
class GuideTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^ {4}\\./fleetwright ([\\w-]+(?: \\w+)?)");

  @Test
  void every_fleetwright_yml_in_the_guide_has_no_mistakes() throws IOException {
    var examples = 0;
    for (var page : pages()) {
      for (var match : YAML.matcher(Files.readString(page)).results().toList()) {
        if (!match.group(1).matches("(?s)(project|targets|release|environments):.*")) {
          // A piece of a pipeline file.
          continue;
        }
        var file =
            ProjectFileReader.read(new MemoryTree(Map.of("fleetwright.yml", match.group(1))));
        assertThat(file.problems().stream().filter(Problem::isError).toList())
            .as(page.toString())
            .isEmpty();
        examples++;
      }
    }
    assertThat(examples).isGreaterThanOrEqualTo(3);
  }

  @Test
  void every_command_in_the_guide_is_there() throws IOException {
    var commands = new CommandLine(new Main());
    for (var page : pages()) {
      for (var match : COMMAND.matcher(Files.readString(page)).results().toList()) {
        var words = match.group(1).split(" ", 2);
        var command = commands.getSubcommands().get(words[0]);
        assertThat(command).as(match.group() + " in " + page).isNotNull();
      }
    }
  }

  @Test
  void every_command_is_in_the_guide() throws IOException {
    var page = Files.readString(ROOT.resolve("docs/guide/command-line.md"));
    for (var command : new CommandLine(new Main()).getSubcommands().keySet()) {
      if (!command.equals("help")) {
        assertThat(page).contains("`" + command);
      }
    }
  }

  private static List<Path> pages() throws IOException {
    var pages = new ArrayList<Path>();
    pages.add(ROOT.resolve("README.md"));
    try (var guide = Files.list(ROOT.resolve("docs/guide"))) {
      guide.filter(p -> p.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    return pages;
  }
}
