// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The members of ICOMAdminCatalog2 that the double does not play: automation clients do not find them, others get E_NOTIMPL, and the log
// says who asked.
#pragma once

#include "collection.h"

namespace gnomon::doubles {

template <class Base>
class NotPlayed : public Base {
public:
    STDMETHODIMP Connect(BSTR, IDispatch**) override { return notPlayed(L"Connect"); }
    STDMETHODIMP GetCollectionByQuery(BSTR, SAFEARRAY**, IDispatch**) override { return notPlayed(L"GetCollectionByQuery"); }
    STDMETHODIMP ImportComponent(BSTR, BSTR) override { return notPlayed(L"ImportComponent"); }
    STDMETHODIMP ExportApplication(BSTR, BSTR, LONG) override { return notPlayed(L"ExportApplication"); }
    STDMETHODIMP InstallApplication(BSTR, BSTR, LONG, BSTR, BSTR, BSTR) override { return notPlayed(L"InstallApplication"); }
    STDMETHODIMP StopRouter() override { return notPlayed(L"StopRouter"); }
    STDMETHODIMP RefreshRouter() override { return notPlayed(L"RefreshRouter"); }
    STDMETHODIMP StartRouter() override { return notPlayed(L"StartRouter"); }
    STDMETHODIMP Reserved1() override { return notPlayed(L"Reserved1"); }
    STDMETHODIMP Reserved2() override { return notPlayed(L"Reserved2"); }
    STDMETHODIMP InstallMultipleComponents(BSTR, SAFEARRAY**, SAFEARRAY**) override { return notPlayed(L"InstallMultipleComponents"); }
    STDMETHODIMP GetMultipleComponentsInfo(BSTR, SAFEARRAY**, SAFEARRAY**, SAFEARRAY**, SAFEARRAY**, SAFEARRAY**)
        override { return notPlayed(L"GetMultipleComponentsInfo"); }
    STDMETHODIMP RefreshComponents() override { return notPlayed(L"RefreshComponents"); }
    STDMETHODIMP BackupREGDB(BSTR) override { return notPlayed(L"BackupREGDB"); }
    STDMETHODIMP RestoreREGDB(BSTR) override { return notPlayed(L"RestoreREGDB"); }
    STDMETHODIMP QueryApplicationFile(BSTR, BSTR*, BSTR*, VARIANT_BOOL*, VARIANT_BOOL*, SAFEARRAY**)
        override { return notPlayed(L"QueryApplicationFile"); }
    STDMETHODIMP StartApplication(BSTR) override { return notPlayed(L"StartApplication"); }
    STDMETHODIMP ServiceCheck(LONG, LONG*) override { return notPlayed(L"ServiceCheck"); }
    STDMETHODIMP InstallMultipleEventClasses(BSTR, SAFEARRAY**, SAFEARRAY**) override { return notPlayed(L"InstallMultipleEventClasses"); }
    STDMETHODIMP InstallEventClass(BSTR, BSTR, BSTR, BSTR) override { return notPlayed(L"InstallEventClass"); }
    STDMETHODIMP GetEventClassesForIID(BSTR, SAFEARRAY**, SAFEARRAY**, SAFEARRAY**) override { return notPlayed(L"GetEventClassesForIID"); }
    STDMETHODIMP GetCollectionByQuery2(BSTR, VARIANT*, IDispatch**) override { return notPlayed(L"GetCollectionByQuery2"); }
    STDMETHODIMP GetApplicationInstanceIDFromProcessID(LONG, BSTR*) override { return notPlayed(L"GetApplicationInstanceIDFromProcessID"); }
    STDMETHODIMP ShutdownApplicationInstances(VARIANT*) override { return notPlayed(L"ShutdownApplicationInstances"); }
    STDMETHODIMP PauseApplicationInstances(VARIANT*) override { return notPlayed(L"PauseApplicationInstances"); }
    STDMETHODIMP ResumeApplicationInstances(VARIANT*) override { return notPlayed(L"ResumeApplicationInstances"); }
    STDMETHODIMP RecycleApplicationInstances(VARIANT*, LONG) override { return notPlayed(L"RecycleApplicationInstances"); }
    STDMETHODIMP AreApplicationInstancesPaused(VARIANT*, VARIANT_BOOL*) override { return notPlayed(L"AreApplicationInstancesPaused"); }
    STDMETHODIMP DumpApplicationInstance(BSTR, BSTR, LONG, BSTR*) override { return notPlayed(L"DumpApplicationInstance"); }
    STDMETHODIMP get_IsApplicationInstanceDumpSupported(VARIANT_BOOL*)
        override { return notPlayed(L"get_IsApplicationInstanceDumpSupported"); }
    STDMETHODIMP GetPartitionID(BSTR, BSTR*) override { return notPlayed(L"GetPartitionID"); }
    STDMETHODIMP GetPartitionName(BSTR, BSTR*) override { return notPlayed(L"GetPartitionName"); }
    STDMETHODIMP put_CurrentPartition(BSTR) override { return notPlayed(L"put_CurrentPartition"); }
    STDMETHODIMP get_CurrentPartitionID(BSTR*) override { return notPlayed(L"get_CurrentPartitionID"); }
    STDMETHODIMP get_CurrentPartitionName(BSTR*) override { return notPlayed(L"get_CurrentPartitionName"); }
    STDMETHODIMP get_GlobalPartitionID(BSTR*) override { return notPlayed(L"get_GlobalPartitionID"); }
    STDMETHODIMP FlushPartitionCache() override { return notPlayed(L"FlushPartitionCache"); }
    STDMETHODIMP CopyApplications(BSTR, VARIANT*, BSTR) override { return notPlayed(L"CopyApplications"); }
    STDMETHODIMP CopyComponents(BSTR, VARIANT*, BSTR) override { return notPlayed(L"CopyComponents"); }
    STDMETHODIMP MoveComponents(BSTR, VARIANT*, BSTR) override { return notPlayed(L"MoveComponents"); }
    STDMETHODIMP AliasComponent(BSTR, BSTR, BSTR, BSTR, BSTR) override { return notPlayed(L"AliasComponent"); }
    STDMETHODIMP IsSafeToDelete(BSTR, COMAdminInUse*) override { return notPlayed(L"IsSafeToDelete"); }
    STDMETHODIMP ImportUnconfiguredComponents(BSTR, VARIANT*, VARIANT*) override { return notPlayed(L"ImportUnconfiguredComponents"); }
    STDMETHODIMP PromoteUnconfiguredComponents(BSTR, VARIANT*, VARIANT*) override { return notPlayed(L"PromoteUnconfiguredComponents"); }
    STDMETHODIMP ImportComponents(BSTR, VARIANT*, VARIANT*) override { return notPlayed(L"ImportComponents"); }
    STDMETHODIMP ExportPartition(BSTR, BSTR, LONG) override { return notPlayed(L"ExportPartition"); }
    STDMETHODIMP InstallPartition(BSTR, BSTR, LONG, BSTR, BSTR, BSTR) override { return notPlayed(L"InstallPartition"); }
    STDMETHODIMP QueryApplicationFile2(BSTR, IDispatch**) override { return notPlayed(L"QueryApplicationFile2"); }
    STDMETHODIMP GetComponentVersionCount(BSTR, LONG*) override { return notPlayed(L"GetComponentVersionCount"); }

protected:
    ~NotPlayed() = default;

private:
    static HRESULT notPlayed(const wchar_t* name) {
        return traced(kCatalogName, std::wstring(L"Catalog.") + name, {}, [] { return E_NOTIMPL; });
    }
};

}  // namespace gnomon::doubles
