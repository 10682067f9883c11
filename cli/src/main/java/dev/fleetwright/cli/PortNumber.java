package dev.fleetwright.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A port to listen on; 0 takes a free one.
final class PortNumber implements ITypeConverter<Integer> {

  private static final int HIGHEST = 65_535;

  @Override
  public Integer convert(String text) {
    if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) > HIGHEST) {
      throw new TypeConversionException(
          "'" + text + "' is not a port; write a number from 1 to 65535, or 0 for a free one");
    }
    return Integer.parseInt(text);
  }
}
