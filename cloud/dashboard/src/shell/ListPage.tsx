/**
 * A list as every area shows it: filters and order in the address, dense table on wide screens, two lines a row on a phone,
 * CSV of the whole list, words where there is nothing. `<ListPage filters={…} phone={…}>` around a `<DataTable>`'s columns.
 */
import DownloadIcon from "@mui/icons-material/DownloadOutlined";
import InboxIcon from "@mui/icons-material/InboxOutlined";
import useMediaQuery from "@mui/material/useMediaQuery";
import type { Theme } from "@mui/material/styles";
import type { ReactElement, ReactNode } from "react";
import {
  Button,
  CreateButton,
  DataTable,
  FilterButton,
  List,
  type ListControllerResult,
  Pagination,
  type RaRecord,
  SelectColumnsButton,
  SimpleList,
  TopToolbar,
  useListContext,
  useNotify,
  useResourceContext,
  useTranslate,
} from "react-admin";

import { saveList } from "../api/download";
import { messageOf } from "../api/problems";
import { Message } from "./Message";

/** The two lines of a row on a phone, and what stands at their end. */
export interface PhoneRow {
  primary: (record: RaRecord) => ReactNode;
  secondary?: (record: RaRecord) => ReactNode;
  end?: (record: RaRecord) => ReactNode;
}

interface Props {
  children: ReactNode;
  phone: PhoneRow;
  filters?: ReactElement[];
  /** Whether one may create; shows the button. */
  creates?: boolean;
  sort?: { field: string; order: "ASC" | "DESC" };
  /** What the filters are at first. */
  filterDefaults?: Record<string, unknown>;
  /** Filters that are no reason to say "nothing matches": the list is empty as far as anybody means it. */
  quiet?: readonly string[];
  /** Always applied, and not shown. */
  filter?: Record<string, unknown>;
  bulk?: ReactNode;
  row?: "show" | "edit" | false;
  /** Shown where there is nothing at all. */
  empty?: ReactNode;
  /** Further buttons above the list. */
  actions?: ReactNode;
  title?: ReactElement | string;
  aside?: ReactElement;
}

/** react-admin leaves the types of filters open. */
type Shown = Omit<ListControllerResult, "filterValues"> & { filterValues: Record<string, unknown>; filter?: object };

export function CsvButton() {
  const resource = useResourceContext();
  const notify = useNotify();
  const { filterValues, sort, filter } = useListContext() as Shown;
  const save = async () => {
    try {
      await saveList(resource ?? "", { ...filterValues, ...filter }, sort);
    } catch (error) {
      notify(messageOf(error), { type: "error" });
    }
  };
  return (
    <Button label="app.csv" onClick={() => void save()}>
      <DownloadIcon />
    </Button>
  );
}

function Nothing({ children, quiet = [] }: { children: ReactNode; quiet?: readonly string[] | undefined }) {
  const translate = useTranslate();
  const { filterValues, setFilters } = useListContext() as Shown;
  const filtered = Object.keys(filterValues).some((name) => !quiet.includes(name));
  if (!filtered) return <>{children ?? <Message icon={InboxIcon} title={translate("app.list.empty")} />}</>;
  return (
    <Message
      icon={InboxIcon}
      title={translate("app.list.no_match")}
      action={<Button label="app.list.clear" onClick={() => setFilters({})} />}
    />
  );
}

export function ListPage(props: Props) {
  const isPhone = useMediaQuery((theme: Theme) => theme.breakpoints.down("sm"));
  const { filters, filterDefaults, creates = false, sort, filter, actions, title, aside } = props;
  const toolbar = (
    <TopToolbar>
      {actions}
      {filters && <FilterButton />}
      {!isPhone && <SelectColumnsButton />}
      {creates && <CreateButton />}
      <CsvButton />
    </TopToolbar>
  );
  return (
    <List
      actions={toolbar}
      {...(filters && { filters })}
      {...(filterDefaults && { filterDefaultValues: filterDefaults })}
      {...(sort && { sort })}
      {...(filter && { filter })}
      {...(title !== undefined && { title })}
      {...(aside && { aside })}
      perPage={50}
      pagination={<Pagination rowsPerPageOptions={[25, 50, 100, 200]} />}
      empty={false}
    >
      {isPhone ? <PhoneList {...props} /> : <WideList {...props} />}
    </List>
  );
}

function WideList({ children, bulk, row = "show", empty, quiet }: Props) {
  return (
    <DataTable bulkActionButtons={bulk ?? false} rowClick={row} empty={<Nothing quiet={quiet}>{empty}</Nothing>} size="small">
      {children}
    </DataTable>
  );
}

function PhoneList({ phone, row = "show", empty, quiet }: Props) {
  const { primary, secondary, end } = phone;
  return (
    <SimpleList
      primaryText={primary}
      {...(secondary && { secondaryText: secondary })}
      {...(end && { tertiaryText: end })}
      rowClick={row}
      empty={<Nothing quiet={quiet}>{empty}</Nothing>}
      sx={{ "& .RaSimpleList-tertiary": { opacity: 1 } }}
    />
  );
}
