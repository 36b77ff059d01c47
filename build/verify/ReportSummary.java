/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Counts the tests in the Surefire XML reports below some folders.
 *
 * <p>Prints {@code PASSED FAILED SKIPPED} as three numbers on the first line, then one line per failed test with the start
 * of its message, then one line per skipped test with its reason. Run by {@code java ReportSummary.java FOLDER...}; a
 * folder that does not exist holds no tests.
 */
public final class ReportSummary {

    /** A longer message fills the screen with one test; the log holds all of it. */
    private static final int MESSAGE_LIMIT_CHARS = 240;

    private int passed;
    private final List<String> failed = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    private ReportSummary() {}

    public static void main(String[] arguments) throws IOException, XMLStreamException {
        ReportSummary summary = new ReportSummary();
        for (String argument : arguments) {
            Path folder = Path.of(argument);
            if (!Files.isDirectory(folder)) {
                continue;
            }
            List<Path> reports;
            try (Stream<Path> files = Files.walk(folder)) {
                reports = files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                        .sorted()
                        .toList();
            }
            for (Path report : reports) {
                summary.add(report);
            }
        }
        System.out.println(summary.passed + " " + summary.failed.size() + " " + summary.skipped.size());
        summary.failed.forEach(line -> System.out.println("  FAILED  " + line));
        summary.skipped.forEach(line -> System.out.println("  SKIPPED " + line));
    }

    private void add(Path report) throws IOException, XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try (InputStream in = Files.newInputStream(report)) {
            XMLStreamReader reader = factory.createXMLStreamReader(in);
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamConstants.START_ELEMENT && reader.getLocalName().equals("testcase")) {
                    addTest(reader);
                }
            }
            reader.close();
        }
    }

    /** Reads one test up to its end tag and counts it once, whatever it holds. */
    private void addTest(XMLStreamReader reader) throws XMLStreamException {
        String test = simpleName(attribute(reader, "classname")) + "." + attribute(reader, "name");
        String failure = null;
        String skip = null;
        while (reader.hasNext()) {
            int event = reader.next();
            if (event == XMLStreamConstants.END_ELEMENT && reader.getLocalName().equals("testcase")) {
                break;
            }
            if (event == XMLStreamConstants.START_ELEMENT) {
                switch (reader.getLocalName()) {
                    case "failure", "error" -> failure = message(reader);
                    case "skipped" -> skip = message(reader);
                    default -> {}
                }
            }
        }
        if (failure != null) {
            failed.add(test + ": " + failure);
        } else if (skip != null) {
            skipped.add(test + ": " + skip);
        } else {
            passed++;
        }
    }

    private static String message(XMLStreamReader reader) throws XMLStreamException {
        String message = attribute(reader, "message");
        String type = attribute(reader, "type");
        String text = message.isBlank() ? reader.getElementText() : message;
        String line = text.strip()
                .replaceAll("\\s+", " ")
                .replaceFirst(" at [\\w.$/]+\\([\\w.]+:\\d+\\).*$", "")
                .replaceFirst("^org\\.opentest4j\\.TestAbortedException: (Assumption failed: )?", "");
        if (line.length() > MESSAGE_LIMIT_CHARS) {
            line = line.substring(0, MESSAGE_LIMIT_CHARS) + " ...";
        }
        return line.isEmpty() ? (type.isEmpty() ? "no message" : type) : line;
    }

    private static String attribute(XMLStreamReader reader, String name) {
        String value = reader.getAttributeValue(null, name);
        return value == null ? "" : value;
    }

    private static String simpleName(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
