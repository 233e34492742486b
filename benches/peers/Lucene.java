import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.MMapDirectory;

/** Lucene in process: two stemmed fields, the ten best, the exact count, stored fields read, nothing highlighted. */
final class Lucene {
    private static final String[] FIELDS = {"question", "answer"};

    /** Words of Unicode, lower case, Porter's stems, no stop words: as near as Lucene's parts come to onrecord's. */
    private static final Analyzer ENGLISH = new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
            StandardTokenizer words = new StandardTokenizer();
            return new TokenStreamComponents(words, new PorterStemFilter(new LowerCaseFilter(words)));
        }
    };

    public static void main(String[] args) throws Exception {
        Path corpus = Path.of(args[0]);
        Path folder = Path.of(args[1]);
        int rounds = Integer.parseInt(args[2]);
        MMapDirectory directory = new MMapDirectory(folder);
        long begin = cpu();
        try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(ENGLISH).setRAMBufferSizeMB(64));
                var lines = Files.lines(corpus.resolve("pairs.tsv"), StandardCharsets.UTF_8)) {
            for (String line : (Iterable<String>) lines::iterator) {
                String[] cells = line.split("\t", 2);
                Document document = new Document();
                for (int field = 0; field < FIELDS.length; field++) {
                    document.add(new TextField(FIELDS[field], cells[field], Field.Store.YES));
                }
                writer.addDocument(document);
            }
        }
        System.out.printf("lucene indexing, writing thread: %.1f s%n", (cpu() - begin) / 1e9);

        List<Query> queries = new ArrayList<>();
        for (String text : Files.readAllLines(corpus.resolve("queries.txt"), StandardCharsets.UTF_8)) {
            BooleanQuery.Builder query = new BooleanQuery.Builder();
            for (String term : terms(text)) {
                for (String field : FIELDS) {
                    query.add(new TermQuery(new Term(field, term)), BooleanClause.Occur.SHOULD);
                }
            }
            queries.add(query.build());
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.setQueryCache(null);
            long read = 0;
            // The first rounds warm the compiler up and are not told.
            for (int round = 0; round < rounds + 5; round++) {
                long start = cpu();
                long counted = 0;
                for (Query query : queries) {
                    TopDocs top = searcher.search(query, new TopScoreDocCollectorManager(10, null, Integer.MAX_VALUE));
                    counted += top.totalHits.value;
                    var stored = searcher.storedFields();
                    for (ScoreDoc hit : top.scoreDocs) {
                        read += stored.document(hit.doc).get("answer").length();
                    }
                }
                if (round >= 5) {
                    System.out.printf("lucene: %.0f us per query, %d matches%n", (cpu() - start) / 1e3 / queries.size(), counted);
                }
            }
            System.err.println(read + " characters read");
        }
    }

    private static Set<String> terms(String text) throws Exception {
        Set<String> terms = new LinkedHashSet<>();
        try (TokenStream tokens = ENGLISH.tokenStream("answer", text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                terms.add(term.toString());
            }
            tokens.end();
        }
        return terms;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
