package dev.fleetwright.adapters.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Ends the work on an order that cannot be carried out; what it had changed is put back then.
final class Refusal extends Exception {

  /// @param reason for people: what is wrong and what to do about it
  Refusal(String reason) {
    super(reason);
  }

  Refusal(String reason, Throwable cause) {
    super(reason, cause);
  }

  /// What went wrong with files, in words: most exceptions about files say only which.
  static String words(IOException e) {
    return e instanceof FileSystemException f
        ? f.getFile() + ": " + (f.getReason() == null ? kind(f) : f.getReason())
        : String.valueOf(e.getMessage());
  }

  private static String kind(FileSystemException e) {
    return switch (e) {
      case AccessDeniedException _ -> "no permission";
      case NoSuchFileException _ -> "it is not there";
      case FileAlreadyExistsException _ -> "it is there already";
      default -> e.getClass().getSimpleName();
    };
  }

  /// What is wrong and what to do about it.
  String reason() {
    return String.valueOf(getMessage());
  }
}
