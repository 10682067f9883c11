package dev.fleetwright.cli;

import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.ServerNotStarted;
import dev.fleetwright.api.ServerUnreachable;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `fleetwright`: everything else is a subcommand.
@Command(
    name = "fleetwright",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "From a commit to a running fleet.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 it came to a bad end, 2 usage, 3 refused, 4 not found,",
      "            5 server unreachable, 6 mistakes in files.",
      "Completion: source <(fleetwright generate-completion)"
    },
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      InitCommand.class,
      LintCommand.class,
      ServerCommand.class,
      ProjectCommand.class,
      PipelineCommand.class,
      EnvironmentCommand.class,
      PlanCommand.class,
      DeployCommand.class,
      ApproveCommand.class,
      GateCommand.class,
      SteerCommand.Reject.class,
      SteerCommand.Cancel.class,
      SteerCommand.Pause.class,
      SteerCommand.Resume.class,
      RollbackCommand.class,
      HoldCommand.class,
      AlarmCommand.class,
      StopCommand.class,
      TokenCommand.class,
      LogsCommand.class,
      WatchCommand.class,
      LedgerCommand.class,
      GenerateCompletion.class,
      HelpCommand.class
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  /// Run one command and end the process with its [ExitCode].
  public static void main(String[] arguments) {
    System.exit(run(arguments, System.out, System.err));
  }

  /// Run one command.
  ///
  /// @return its [ExitCode]
  static int run(String[] arguments, java.io.PrintStream out, java.io.PrintStream error) {
    return new CommandLine(new Main())
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(error, true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        // `@file` would read files that a server's or a repository's text names (CVE-2024-23897).
        .setExpandAtFiles(false)
        .setExecutionExceptionHandler(Main::explain)
        .execute(arguments);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int explain(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    var out = command.getErr();
    return switch (e) {
      case RequestFailed refused -> {
        var failure = refused.failure();
        out.println("fleetwright: " + Terminal.clean(failure.message()));
        if (!failure.remedy().isBlank()) {
          out.println("  " + Terminal.clean(failure.remedy()));
        }
        failure.problems().forEach(p -> out.println("  " + Terminal.clean(p.words())));
        yield switch (refused.status()) {
          case 404 -> ExitCode.NOT_FOUND;
          case 422 -> ExitCode.PROBLEMS;
          default -> refused.status() >= 500 ? ExitCode.UNREACHABLE : ExitCode.REFUSED;
        };
      }
      case ServerUnreachable unreachable -> {
        out.println("fleetwright: " + unreachable.getMessage() + ": " + cause(unreachable));
        out.println("  is it running? `fleetwright server` starts it, --server says where it is");
        yield ExitCode.UNREACHABLE;
      }
      case ServerNotStarted not -> {
        out.println("fleetwright: " + not.getMessage());
        yield ExitCode.UNREACHABLE;
      }
      case Refusal refusal -> {
        out.println("fleetwright: " + refusal.getMessage());
        yield refusal.exitCode();
      }
      default -> {
        out.println("fleetwright: " + e.getMessage());
        e.printStackTrace(out);
        yield ExitCode.UNREACHABLE;
      }
    };
  }

  private static String cause(Throwable e) {
    var cause = e.getCause();
    return cause == null
        ? "no answer"
        : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
