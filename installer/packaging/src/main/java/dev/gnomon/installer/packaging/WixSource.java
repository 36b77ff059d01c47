/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * The source of the MSI for wixl: files, folders, and the two registry values that remember where they are. What wixl cannot say,
 * {@link MsiTables} adds to the tables that it makes.
 *
 * <p>All identifiers come from names, so they are the same in every build. A component's is the same in every version too, as Windows
 * Installer wants it: one file is one component.
 */
final class WixSource {
    /** All versions of the product share it; it never changes. */
    static final String UPGRADE_CODE = "{6C1E1D5A-38B4-4F5C-9E2B-7C6A5B5D1A01}";

    static final String PROGRAM_FOLDER = "INSTALLDIR";
    static final String STATE_FOLDER = "STATEDIR";
    /** Where the registry values are found again by repair and uninstall. */
    static final String SAVED_PREFIX = "SAVED";

    static final String REGISTRY_KEY = "SOFTWARE\\Gnomon";

    private final PackageVersion version;
    private final Tree tree;
    private final XMLStreamWriter xml;
    private final StringWriter text = new StringWriter();
    private final List<String> components = new ArrayList<>();

    private WixSource(PackageVersion version, Tree tree) throws XMLStreamException {
        this.version = version;
        this.tree = tree;
        xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
    }

    /** Returns the source for the program folder in {@code tree}. */
    static String of(PackageVersion version, Tree tree, String productCode) throws IOException {
        try {
            WixSource source = new WixSource(version, tree);
            source.write(productCode);
            return source.text.toString();
        } catch (XMLStreamException e) {
            throw new IOException("the source of the MSI cannot be written", e);
        }
    }

    /** Returns an identifier that depends on {@code name} alone, as Windows writes it. */
    static String guid(String name) {
        UUID uuid = UUID.nameUUIDFromBytes(("gnomon:" + name).getBytes(StandardCharsets.UTF_8));
        return "{" + uuid.toString().toUpperCase(Locale.ROOT) + "}";
    }

    private void write(String productCode) throws XMLStreamException, IOException {
        xml.writeStartDocument("UTF-8", "1.0");
        start("Wix", "xmlns", "http://schemas.microsoft.com/wix/2006/wi");
        start(
                "Product",
                "Id",
                productCode,
                "Name",
                "Gnomon",
                "Language",
                "1033",
                "Codepage",
                "1252",
                "Version",
                version.number(),
                "Manufacturer",
                "The Gnomon Authors",
                "UpgradeCode",
                UPGRADE_CODE);
        empty(
                "Package",
                "InstallerVersion",
                "500",
                "Compressed",
                "yes",
                "InstallScope",
                "perMachine",
                "Description",
                "Gnomon " + version.text(),
                "Comments",
                "A software VSS provider",
                "Keywords",
                "Installer,VSS",
                "Manufacturer",
                "The Gnomon Authors",
                "SummaryCodepage",
                "1252");
        empty("Media", "Id", "1", "Cabinet", "gnomon.cab", "EmbedCab", "yes");
        empty(
                "MajorUpgrade",
                "DowngradeErrorMessage",
                "A newer version of Gnomon is installed. Uninstall it first if you want this one: state of a newer version may not be readable.");
        start("Condition", "Message", "Gnomon needs a 64-bit Windows: Windows takes only native VSS providers.");
        xml.writeCharacters("VersionNT64");
        xml.writeEndElement();
        saved(PROGRAM_FOLDER, "InstallDir");
        saved(STATE_FOLDER, "StateDir");
        folders();
        start("Feature", "Id", "Gnomon", "Title", "Gnomon", "Level", "1");
        for (String component : components) {
            empty("ComponentRef", "Id", component);
        }
        xml.writeEndElement();
        xml.writeEndElement();
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void saved(String folder, String value) throws XMLStreamException {
        start("Property", "Id", SAVED_PREFIX + folder);
        empty(
                "RegistrySearch",
                "Id",
                "Saved" + value,
                "Root",
                "HKLM",
                "Key",
                REGISTRY_KEY,
                "Name",
                value,
                "Type",
                "raw",
                "Win64",
                "yes");
        xml.writeEndElement();
    }

    private void folders() throws XMLStreamException, IOException {
        start("Directory", "Id", "TARGETDIR", "Name", "SourceDir");
        start("Directory", "Id", "CommonAppDataFolder");
        empty("Directory", "Id", STATE_FOLDER, "Name", "Gnomon");
        xml.writeEndElement();
        start("Directory", "Id", "ProgramFiles64Folder");
        start("Directory", "Id", PROGRAM_FOLDER, "Name", "Gnomon");
        registryValues();
        folder("", tree.files().stream().map(tree::name).toList());
        xml.writeEndElement();
        xml.writeEndElement();
        xml.writeEndElement();
    }

    private void registryValues() throws XMLStreamException {
        component("Settings", "settings");
        empty(
                "RegistryValue",
                "Id",
                "InstallDir",
                "Root",
                "HKLM",
                "Key",
                REGISTRY_KEY,
                "Name",
                "InstallDir",
                "Type",
                "string",
                "Value",
                "[" + PROGRAM_FOLDER + "]",
                "KeyPath",
                "yes");
        empty(
                "RegistryValue",
                "Id",
                "StateDir",
                "Root",
                "HKLM",
                "Key",
                REGISTRY_KEY,
                "Name",
                "StateDir",
                "Type",
                "string",
                "Value",
                "[" + STATE_FOLDER + "]");
        xml.writeEndElement();
    }

    /** Writes the files of a folder and then its folders; {@code prefix} is its path with a slash behind, or empty. */
    private void folder(String prefix, List<String> files) throws XMLStreamException {
        SortedMap<String, List<String>> below = new TreeMap<>();
        for (String path : files) {
            String rest = path.substring(prefix.length());
            int slash = rest.indexOf('/');
            if (slash < 0) {
                file(path, rest);
            } else {
                below.computeIfAbsent(rest.substring(0, slash), _ -> new ArrayList<>())
                        .add(path);
            }
        }
        for (var entry : below.entrySet()) {
            String path = prefix + entry.getKey() + "/";
            start("Directory", "Id", "d" + shortId(path), "Name", entry.getKey());
            folder(path, entry.getValue());
            xml.writeEndElement();
        }
    }

    /** wixl looks for sources below the folder in which it runs. */
    private void file(String path, String name) throws XMLStreamException {
        component("c" + shortId(path), path);
        empty("File", "Id", fileId(path), "Name", name, "Source", path, "KeyPath", "yes");
        xml.writeEndElement();
    }

    private void component(String id, String name) throws XMLStreamException {
        start("Component", "Id", id, "Guid", guid("component:" + name), "Win64", "yes");
        components.add(id);
    }

    /** Returns the key in the table File of the file with this path in the program folder. */
    static String fileId(String path) {
        return "f" + shortId(path);
    }

    private static String shortId(String name) {
        return Manifest.sha256(name.getBytes(StandardCharsets.UTF_8)).substring(0, 20);
    }

    private void start(String element, String... attributes) throws XMLStreamException {
        xml.writeStartElement(element);
        attributes(attributes);
    }

    private void empty(String element, String... attributes) throws XMLStreamException {
        xml.writeEmptyElement(element);
        attributes(attributes);
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }
}
