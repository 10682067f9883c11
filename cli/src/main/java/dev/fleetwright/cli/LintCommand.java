package dev.fleetwright.cli;

import dev.fleetwright.pipeline.Lint;
import dev.fleetwright.pipeline.LintReport;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.pipeline.source.DirectoryTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "lint",
    mixinStandardHelpOptions = true,
    description = {
      "Check .gitlab-ci.yml and fleetwright.yml of a folder, without a server and without network.",
      "Every mistake is told at once, with its place and what to write instead."
    })
final class LintCommand implements Callable<Integer> {
  @Mixin private Output output = new Output();

  @Parameters(
      paramLabel = "FOLDER",
      arity = "0..1",
      description = "The repository; this folder by default.")
  private Path folder = Path.of("");

  /// What programs get.
  record Result(boolean valid, List<Problem> problems, List<String> account) {}

  @Override
  public Integer call() throws IOException {
    var report = check(folder);
    var lines = new ArrayList<String>();
    report.account().forEach(line -> lines.add(Terminal.clean(line)));
    if (!report.problems().isEmpty()) {
      lines.add("");
    }
    report.problems().forEach(problem -> lines.add(Terminal.clean(problem.toString())));
    var errors = report.problems().stream().filter(Problem::isError).count();
    lines.add("");
    lines.add(
        errors == 0
            ? "No mistakes."
            : errors + (errors == 1 ? " mistake." : " mistakes.") + " Nothing would be deployed.");
    output.result(new Result(report.sound(), report.problems(), report.account()), lines);
    return report.sound() ? ExitCode.DONE : ExitCode.PROBLEMS;
  }

  static LintReport check(Path folder) throws IOException {
    var absolute = folder.toAbsolutePath().normalize();
    if (!absolute.toFile().isDirectory()) {
      throw new Refusal(ExitCode.NOT_FOUND, absolute + " is not a folder");
    }
    return Lint.check(DirectoryTree.of(absolute));
  }
}
