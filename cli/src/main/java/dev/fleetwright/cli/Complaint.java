package dev.fleetwright.cli;

import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.api.ServerNotStarted;
import dev.fleetwright.api.ServerUnreachable;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says to a person what went wrong: what, where, and what to do about it. Where in the program it
/// happened is said only on request.
final class Complaint {

  private Complaint() {}

  /// Set up how a command line complains.
  static CommandLine on(CommandLine commands, Main main) {
    return commands
        .registerConverter(long.class, Complaint::whole)
        .registerConverter(Long.class, Complaint::whole)
        .setParameterExceptionHandler((mistake, _) -> of(mistake))
        .setExecutionExceptionHandler(
            (failure, command, _) -> of(failure, command.getErr(), main.debug()));
  }

  private static long whole(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new CommandLine.TypeConversionException("'" + text + "' is not a whole number");
    }
  }

  /// A command could not do what it was to do.
  ///
  /// @param debug whether to say where in the program
  /// @return the [ExitCode]
  static int of(Exception failure, PrintWriter out, boolean debug) {
    var code = said(failure, out);
    if (debug) {
      failure.printStackTrace(out);
    }
    return code;
  }

  private static int said(Exception failure, PrintWriter out) {
    return switch (failure) {
      case RequestFailed refused -> refused(refused, out);
      case ServerUnreachable unreachable -> {
        out.println(
            "fleetwright: no answer from the server: %s (%s)"
                .formatted(unreachable.getMessage(), why(unreachable)));
        out.println("  is it running? `fleetwright server` starts it, --server says where it is");
        yield ExitCode.UNREACHABLE;
      }
      case ServerNotStarted not -> {
        out.println(
            "fleetwright: "
                + not.getMessage()
                + (not.getCause() == null || repeats(not) ? "" : " (" + why(not) + ")"));
        yield ExitCode.UNREACHABLE;
      }
      case Refusal refusal -> {
        out.println("fleetwright: " + refusal.getMessage());
        yield refusal.exitCode();
      }
      case UncheckedIOException unchecked -> {
        out.println("fleetwright: " + unchecked.getMessage() + ": " + why(unchecked));
        yield ExitCode.REFUSED;
      }
      case IOException io -> {
        out.println("fleetwright: " + words(io));
        if (io instanceof AccessDeniedException) {
          out.println("  change its permissions, or name another one");
        }
        yield ExitCode.REFUSED;
      }
      case InterruptedException _ -> {
        Thread.currentThread().interrupt();
        out.println("fleetwright: interrupted; what was asked of the server goes on there");
        yield ExitCode.FAILED;
      }
      default -> {
        out.println("fleetwright: this is a mistake of ours: " + words(failure));
        out.println("  run it again with --debug and report what it prints");
        yield ExitCode.UNREACHABLE;
      }
    };
  }

  private static int refused(RequestFailed refused, PrintWriter out) {
    var failure = refused.failure();
    out.println("fleetwright: " + Terminal.clean(failure.message()));
    if (refused.status() == 401) {
      out.println(
          "  give a token that is valid: --token-file FILE or FLEETWRIGHT_TOKEN; `fleetwright token"
              + " add NAME` makes one");
    } else if (!failure.remedy().isBlank()) {
      out.println("  " + Terminal.clean(failure.remedy()));
    }
    failure.problems().forEach(p -> out.println("  " + Terminal.clean(p.words())));
    return switch (refused.status()) {
      case 404 -> ExitCode.NOT_FOUND;
      case 422 -> ExitCode.PROBLEMS;
      default -> refused.status() >= 500 ? ExitCode.UNREACHABLE : ExitCode.REFUSED;
    };
  }

  /// The command line was not understood.
  static int of(ParameterException mistake) {
    var command = mistake.getCommandLine();
    var out = command.getErr();
    var message = String.valueOf(mistake.getMessage());
    var subcommands = command.getSubcommands().keySet();
    if (mistake instanceof MutuallyExclusiveArgsException) {
      message = message.replaceFirst("Error: ", "");
    } else if (message.equals("Missing required subcommand")) {
      message = "which of its commands? " + String.join(", ", subcommands);
    } else if (mistake instanceof UnmatchedArgumentException unmatched
        && !subcommands.isEmpty()
        && !unmatched.isUnknownOption()) {
      message = "there is no command `%s`".formatted(unmatched.getUnmatched().getFirst());
    }
    out.println("fleetwright: " + firstLower(message));
    if (mistake instanceof UnmatchedArgumentException unmatched) {
      var like = unmatched.getSuggestions();
      if (!like.isEmpty()) {
        out.println("  did you mean %s?".formatted(String.join(" or ", first(like))));
      }
    }
    out.println("  see `%s --help`".formatted(command.getCommandSpec().qualifiedName()));
    return ExitCode.USAGE;
  }

  private static List<String> first(List<String> like) {
    return like.subList(0, Math.min(3, like.size()));
  }

  private static String firstLower(String message) {
    return message.isEmpty()
        ? message
        : message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  /// Some say in their message what their cause says.
  private static boolean repeats(Throwable failure) {
    return String.valueOf(failure.getMessage()).contains(why(failure));
  }

  /// What is behind it: the first that says something to a person, else the deepest.
  private static String why(Throwable failure) {
    var deepest = failure;
    for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
      deepest = cause;
      if (telling(cause)) {
        break;
      }
    }
    return words(deepest);
  }

  private static boolean telling(Throwable failure) {
    return switch (failure) {
      case FileSystemException _, ConnectException _, UnknownHostException _ -> true;
      case HttpTimeoutException _ -> true;
      default -> false;
    };
  }

  /// What an exception means. Many of the Java platform only name a file.
  static String words(Throwable failure) {
    return switch (failure) {
      case AccessDeniedException e -> e.getFile() + " may not be read or written by this user";
      case NoSuchFileException e -> "there is no " + e.getFile();
      case NotDirectoryException e -> e.getFile() + " is not a folder";
      case FileAlreadyExistsException e -> e.getFile() + " is there already and is no folder";
      case FileSystemException e ->
          e.getFile() + ": " + (e.getReason() == null ? "cannot be used" : e.getReason());
      case UnknownHostException e -> "there is no host " + e.getMessage();
      case UnresolvedAddressException _ -> "there is no such host";
      case HttpTimeoutException _ -> "it took too long";
      case ConnectException e when e.getMessage() == null -> "the connection was refused";
      case Throwable e when e.getMessage() == null || e.getMessage().isBlank() ->
          e.getClass().getSimpleName();
      case Throwable e -> String.valueOf(e.getMessage());
    };
  }
}
