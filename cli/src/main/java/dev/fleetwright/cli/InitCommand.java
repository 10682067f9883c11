package dev.fleetwright.cli;

import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.pipeline.ProjectFileProposal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Propose a commented fleetwright.yml for a repository. It is only printed, unless --write",
      "says otherwise; a file that is there is never overwritten."
    })
final class InitCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Parameters(
      paramLabel = "FOLDER",
      arity = "0..1",
      description = "The repository; this folder by default.")
  private Path folder = Path.of("");

  @Option(names = "--write", description = "Write it to fleetwright.yml.")
  private boolean write;

  record Proposed(String file, String text, boolean written) {}

  @Override
  public Integer call() throws IOException {
    var absolute = folder.toAbsolutePath().normalize();
    var text = ProjectFileProposal.of(name(absolute.toString()), LintCommand.check(absolute));
    var file = absolute.resolve("fleetwright.yml");
    if (write) {
      try {
        Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
      } catch (java.nio.file.FileAlreadyExistsException _) {
        throw new Refusal(ExitCode.REFUSED, file + " is there already; it was left as it is");
      }
      output.result(new Proposed(file.toString(), text, true), List.of("Wrote " + file + "."));
    } else {
      output.result(new Proposed(file.toString(), text, false), List.of(text.stripTrailing()));
    }
    return ExitCode.DONE;
  }

  /// A project's name made of a path's or an address's last part.
  static String name(String address) {
    var name =
        address
            .replaceAll("/+$", "")
            .replaceAll(".*[/:]", "")
            .replaceAll("\\.git$", "")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]+", "-")
            .replaceAll("\\.{2,}", ".")
            .replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
    var cut = name.substring(0, Math.min(name.length(), 63)).replaceAll("[^a-z0-9]+$", "");
    return ProjectName.valid(cut) ? cut : "project";
  }
}
